import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { digestOf, type BuildSession } from '@wheelhouse/element/internal';
import { wheelSourceMatcher, type Interpreter, projectFiles } from '@wheelhouse/python/internal';
import { runScript } from './script.js';
import { artifactFiles, type Operation } from '../workspace/operation.js';
import type { PlannedProject } from '../plan/planned-project.js';

/** A project that is edited in place, as a wheel that leads to its sources. */
export interface EditableProject {
  /** The distribution's name. */
  readonly name: string;
  /** The wheel: its file name, its absolute path and the SHA-256 (hex) of its bytes. */
  readonly filename: string;
  readonly path: string;
  readonly sha256: string;
  /** Members of the built wheel that no source stands for, such as compiled extensions: they are as they were built. */
  readonly built: readonly string[];
}

/** What {@link makeEditable} works with. */
export interface EditableInput {
  readonly interpreter: Interpreter;
  readonly session: BuildSession;
  readonly projects: readonly PlannedProject[];
  /** The elements of the projects' wheels. */
  readonly wheels: readonly string[];
  /** Absolute path of a directory for the wheels that are made. */
  readonly directory: string;
}

/**
 * Makes a wheel for each project that leads to its sources instead of holding them. No backend is run: it would have to
 * run on this machine, since an editable wheel names the directory it was made in (docs/adr/0033).
 */
export async function makeEditable(operation: Operation, input: EditableInput): Promise<EditableProject[]> {
  const { workspace, engine } = operation;
  const jobs = await Promise.all(
    input.projects.map(async ({ metadata, settings }, index) => {
      const [wheel] = await artifactFiles(operation, input.session, [input.wheels[index] ?? ''], '.whl');
      if (wheel === undefined) throw noWheel(metadata.name);
      const project = join(workspace.directory, metadata.root);
      const matches = wheelSourceMatcher({ metadata, settings });
      return {
        wheel: engine.store.blobs.pathOf(wheel.digest),
        name: wheel.path,
        project,
        files: (await projectFiles(project)).filter(matches).sort(),
        out: join(input.directory, wheel.path),
      };
    }),
  );
  const answer = await runScript(engine, input.interpreter, { script: 'editable_wheel.py', input: jobs });
  const made = JSON.parse(answer) as readonly { readonly built: readonly string[] }[];
  return await Promise.all(
    jobs.map(async ({ name, out }, index) => ({
      name: input.projects[index]?.metadata.name ?? '',
      filename: name,
      path: out,
      sha256: digestOf(await readFile(out)).hash,
      built: made[index]?.built ?? [],
    })),
  );
}

function noWheel(name: string): ElementError {
  return new ElementError({ code: 'ARTIFACT', message: `the backend of \`${name}\` built no wheel` });
}
