import { releaseCommand, PORT } from './commands.js';
import { stageLabel, USER } from './dev-dockerfile.js';
import { execForm, type StagePlan } from './stage-plan.js';

/** Whether the application answers: what it says of a path that it may not know is not its health, an error of its own is. */
const ANSWERS = [
  'import http.client, sys',
  `server = http.client.HTTPConnection('127.0.0.1', ${PORT}, timeout=4)`,
  "server.request('GET', '/')",
  'sys.exit(server.getresponse().status >= 500)',
].join('; ');

/**
 * The Dockerfile of the release image ("Dockerfile reference"). Its context is the wheelhouse that the builder left,
 * and it installs what is in there, by version and hash.
 */
export function releaseDockerfile(plan: StagePlan): string {
  const { entrypoint, command, serves } = releaseCommand(plan.project);
  const served = serves
    ? `EXPOSE ${PORT}\nHEALTHCHECK --interval=2s --timeout=5s --retries=30 CMD ${execForm(['python', '-c', ANSWERS])}\n`
    : '';
  const { settings, collectsStatic } = plan.project;
  const collected =
    settings === undefined || collectsStatic === undefined
      ? ''
      : `RUN DJANGO_SETTINGS_MODULE=${settings} python -m django collectstatic --noinput\n`;
  return `ARG BASE=${plan.base}

FROM \${BASE} AS installed
COPY . /wheelhouse
RUN python3 -m venv /venv \\
    && /venv/bin/pip install --no-cache-dir --no-index --find-links /wheelhouse --require-hashes --no-deps \\
        --only-binary :all: --requirement /wheelhouse/requirements.txt
${stageLabel(plan)}

FROM \${BASE}
ENV HOME=/home/app \\
    LC_ALL=C.UTF-8 \\
    PATH=/venv/bin:$PATH \\
    PYTHONUNBUFFERED=1
RUN echo 'app:x:${USER}::/home/app:/bin/sh' >> /etc/passwd \\
    && mkdir -p /home/app \\
    && chown ${USER} /home/app
COPY --from=installed /venv /venv
WORKDIR /home/app
${collected}USER ${USER}
${served}${entrypoint === undefined ? '' : `ENTRYPOINT ${execForm(entrypoint)}\n`}CMD ${execForm(command)}
${stageLabel(plan)}
`;
}
