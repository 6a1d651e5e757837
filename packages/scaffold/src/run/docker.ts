import { ElementError } from '@wheelhouse/element';
import { askProgram, type ProgramContext } from './program.js';

/** The command of Compose: its plugin of `docker`, or the program of its first version. */
export type ComposeProgram = readonly ['docker', 'compose'] | readonly ['docker-compose'];

/**
 * Looks for an engine that answers, and for Compose.
 *
 * @throws ElementError ENGINE if no engine answers, HOST_TOOL if a program does not exist
 */
export function findCompose(context: ProgramContext): ComposeProgram {
  const engine = askProgram(['docker', 'version', '--format', '{{.Server.Version}}'], context);
  if (engine === 'absent') {
    throw new ElementError({
      code: 'HOST_TOOL',
      message: '`docker` is not on PATH',
      hint: 'install Docker; the targets `test` and `build-wheel` do not need it',
    });
  }
  if ('failure' in engine) {
    throw new ElementError({
      code: 'ENGINE',
      message: 'no Docker engine is running',
      detail: engine.failure,
      hint: 'start it, or set DOCKER_HOST to its address; `test` and `build-wheel` do not need it',
    });
  }
  const plugin = askProgram(['docker', 'compose', 'version'], context);
  if (plugin !== 'absent' && 'output' in plugin) return ['docker', 'compose'];
  const program = askProgram(['docker-compose', 'version'], context);
  if (program !== 'absent' && 'output' in program) return ['docker-compose'];
  throw new ElementError({
    code: 'HOST_TOOL',
    message: 'neither `docker compose` nor `docker-compose` is installed',
    hint: "install Docker's Compose plugin, or `docker-compose` 1.29 or later",
  });
}
