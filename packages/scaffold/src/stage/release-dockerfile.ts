import { releaseCommand, PORT } from './commands.js';
import { USER } from './dev-dockerfile.js';
import { execForm, type StagePlan } from './stage-plan.js';

const LISTENS = `import socket; socket.create_connection(('127.0.0.1', ${PORT}), 3)`;

/**
 * The Dockerfile of the release image ("Dockerfile reference"). Its context is the wheelhouse that the builder left,
 * and it installs what is in there, by version and hash.
 */
export function releaseDockerfile(plan: StagePlan): string {
  const { entrypoint, command, serves } = releaseCommand(plan.project);
  const served = serves
    ? `EXPOSE ${PORT}\nHEALTHCHECK --interval=2s --timeout=5s --retries=30 CMD ${execForm(['python', '-c', LISTENS])}\n`
    : '';
  return `ARG BASE=${plan.base}

FROM \${BASE} AS installed
COPY . /wheelhouse
RUN python3 -m venv /venv \\
    && /venv/bin/pip install --no-cache-dir --no-index --find-links /wheelhouse --require-hashes \\
        --only-binary :all: --requirement /wheelhouse/requirements.txt

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
USER ${USER}
${served}${entrypoint === undefined ? '' : `ENTRYPOINT ${execForm(entrypoint)}\n`}CMD ${execForm(command)}
`;
}
