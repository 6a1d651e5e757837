import { ElementError } from '@wheelhouse/element';
import {
  answers,
  commandsFor,
  parsePythonRequest,
  requestedPython,
  satisfies,
  type Interpreter,
  type InterpreterRequest,
} from '@wheelhouse/python/internal';

/** Which programs of a root may be a project's interpreter, and whether what was found is. */
export interface RootPrograms {
  /** Paths or names, the preferred one first. */
  readonly programs: readonly string[];
  /** @param root what messages call it @throws ElementError INTERPRETER */
  readonly check: (found: Interpreter, root: string) => void;
}

/** What the option `python`, `.python-version` and requires-python ask of a toolchain. */
export function rootPrograms(
  request: Pick<
    InterpreterRequest,
    'python' | 'project' | 'projectName' | 'workspace' | 'requiresPython' | 'requiresPythonOrigin'
  >,
): RootPrograms {
  const { names, by } = requestedPython(request);
  const asked = names.map((name) => ({ name, python: name.includes('/') ? undefined : parsePythonRequest(name) }));
  const programs = asked.flatMap(({ name, python }) => (python === undefined ? [name] : commandsFor(python)));
  const { projectName, requiresPython } = request;
  return {
    programs: programs.length === 0 ? ['python3'] : [...new Set([...programs, 'python3'])],
    check: (found, root) => {
      const { version } = found;
      const answered = asked.length === 0 || asked.some(({ python }) => python === undefined || answers(found, python));
      if (!answered) {
        throw new ElementError({
          code: 'INTERPRETER',
          message: `${by} requests the Python \`${names.join('`, `')}\`, but ${root} has ${version}`,
          hint: 'request the Python that it has, or use another toolchain',
        });
      }
      if (requiresPython === undefined || satisfies(version, requiresPython)) return;
      throw new ElementError({
        code: 'INTERPRETER',
        message: `the project \`${projectName}\` needs Python \`${requiresPython}\`, but ${root} has ${version}`,
        origin: request.requiresPythonOrigin,
        hint: 'use a toolchain with that Python',
      });
    },
  };
}
