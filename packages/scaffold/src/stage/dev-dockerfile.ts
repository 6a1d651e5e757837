import { WHEEL_EXCLUDES } from '@wheelhouse/python';
import { testCommand } from './commands.js';
import { execForm, type StagePlan } from './stage-plan.js';

/** The user that everything runs as, by numbers, which every base image knows. */
export const USER = '10001:10001';

/**
 * The Dockerfile of tests and builds ("Dockerfile reference"). Surroundings are those of docs/adr/0015, so that the
 * wheel is the one that `build-wheel` makes. Nothing is fetched while images are built.
 */
export function devDockerfile(plan: StagePlan): string {
  const excluded = WHEEL_EXCLUDES.filter((glob) => !glob.startsWith('**/')).map((glob) => glob.replace(/\/\*\*$/, ''));
  return `# Stages of one image: cache fills /build, test and builder install from there and from nowhere else.
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
# One environment is for what tests need, the other for what wheels are built with.
RUN echo 'app:x:${USER}::/home/app:/bin/sh' >> /etc/passwd \\
    && python3 -m venv /venv/test \\
    && python3 -m venv /venv/build \\
    && mkdir -p /application /build /home/app /reports /wheelhouse \\
    && chown -R ${USER} /application /build /home/app /reports /venv /wheelhouse
COPY scripts/agent.sh scripts/build.sh scripts/cache.sh scripts/test.sh /scripts/
COPY locks /locks
WORKDIR /application
USER ${USER}

FROM base AS cache
ENTRYPOINT ["/scripts/cache.sh"]

FROM base AS agent
ENTRYPOINT ["/scripts/agent.sh"]

FROM base AS test
ENV PATH=/venv/test/bin:$PATH \\
    PIP_FIND_LINKS=/build \\
    PIP_NO_INDEX=1
COPY --chown=${USER} . /application
ENTRYPOINT ["/scripts/test.sh"]
CMD ${execForm(testCommand(plan.project))}

FROM test AS builder
ENV PATH=/venv/build/bin:$PATH
# What is no source of the wheel; and permissions that do not depend on whose checkout it is.
RUN rm -rf -- ${excluded.join(' ')} \\
    && chmod -R u=rwX,go=rX .
ENTRYPOINT ["/scripts/build.sh"]
CMD ${execForm(BUILD_COMMAND)}
`;
}

/** What makes the wheel. Build requirements are in the environment already, exactly those of the lock. */
export const BUILD_COMMAND: readonly string[] = [
  ...['pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '--wheel-dir', '/wheelhouse', '.'],
];
