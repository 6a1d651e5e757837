import { normalizeName } from '@wheelhouse/python/internal';
import { BUILD_ROOT } from '@wheelhouse/python-stage/internal';
import { testCommand } from './commands.js';
import { execForm, type StagePlan } from './stage-plan.js';

/** The user that everything runs as, by numbers, which every base image knows. */
export const USER = '10001:10001';

/**
 * The Dockerfile of tests and builds ("Dockerfile reference"). Its context is what `stage:build` makes
 * (docs/adr/0076), so that no line of it names a project that this one requires. The environment is that of docs/adr/0015, so that the
 * wheel is the one that `build-wheel` makes. Nothing is fetched while images are built.
 */
export function devDockerfile(plan: StagePlan): string {
  return `# Stages of one image: cache fills /build; test and builder install only from there.
ARG BASE=${plan.base}

FROM \${BASE} AS base
ENV HOME=/home/app \\
    LC_ALL=C.UTF-8 \\
    PIP_DISABLE_PIP_VERSION_CHECK=1 \\
    PIP_NO_CACHE_DIR=1 \\
    PYTHONDONTWRITEBYTECODE=1 \\
    PYTHONHASHSEED=0 \\
    SOURCE_DATE_EPOCH=1321009871 \\
    TZ=UTC
# One environment is for the tests, the other for building wheels.
RUN echo 'app:x:${USER}::/home/app:/bin/sh' >> /etc/passwd \\
    && python3 -m venv /venv/test \\
    && python3 -m venv /venv/build \\
    && mkdir -p ${BUILD_ROOT} /build /home/app /reports /wheelhouse \\
    && chown -R ${USER} ${BUILD_ROOT} /build /home/app /reports /venv /wheelhouse
${stageLabel(plan)}
COPY scripts /scripts
COPY locks /locks
WORKDIR ${BUILD_ROOT}
USER ${USER}

FROM base AS cache
COPY certificates /certificates
ENTRYPOINT ["/scripts/cache.sh"]

FROM base AS agent
ENTRYPOINT ["/scripts/agent.sh"]

# Sources of the wheels: those of the workspace projects that this one requires, and its own.
FROM base AS sources
ENV PIP_FIND_LINKS=/build \\
    PIP_NO_INDEX=1
COPY tools /tools
COPY libraries /libraries
COPY source /source

FROM sources AS test
ENV PATH=/venv/test/bin:$PATH
COPY test-libraries /test-libraries
COPY project /project
ENTRYPOINT ["/scripts/test.sh"]
CMD ${execForm(testCommand(plan.project))}

FROM sources AS builder
ENV PATH=/venv/build/bin:$PATH
ENTRYPOINT ["/scripts/build.sh"]
CMD ${execForm(BUILD_COMMAND)}
`;
}

/** The label by which `stage:clean` finds images that have lost their name, or never had one. */
export const STAGE_LABEL = 'wheelhouse.stage';
/** The build argument that says whose they are; set for every Compose command. */
export const STAGE_ARGUMENT = 'WHEELHOUSE_STAGE';

/** Marks the image of a stage of a Dockerfile. It comes last of what projects share, so that these share layers, too. */
export function stageLabel({ project }: StagePlan): string {
  return `ARG ${STAGE_ARGUMENT}=${normalizeName(project.name)}\nLABEL ${STAGE_LABEL}=\${${STAGE_ARGUMENT}}`;
}

/** What makes the wheel. Build requirements are in the environment already, exactly those of the lock. */
export const BUILD_COMMAND: readonly string[] = [
  ...['pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '--wheel-dir', '/wheelhouse', '.'],
];
