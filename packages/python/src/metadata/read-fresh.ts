import { ElementError } from '@wheelhouse/element';
import { assembleMetadata } from './assembly.js';
import type { ProjectFiles } from './project-files.js';
import { readToolSettings } from './project-indexes.js';
import type { ProjectMetadata } from './project-metadata.js';
import { readNamedFiles } from './named/named-files.js';
import { isPureBuild } from './pure-build.js';
import { readPackagedPatterns } from './packaged/packaged-patterns.js';
import { readPyproject } from './pyproject.js';
import { readVcsSettings } from './vcs/vcs-settings.js';
import { readSetupCfg } from './setup-cfg.js';
import { readSetupPys, type SetupPy } from './setup-py.js';
import { readSystemPackages } from './wheelhouse-table.js';

/** A project whose files have been opened, and what reads its metadata. */
export interface FreshProject {
  readonly files: ProjectFiles;
  /** @throws ElementError METADATA @throws ElementErrors */
  readonly read: () => ProjectMetadata;
}

/** Reads the setup.py of all projects by one Python process; the rest is read one by one. */
export async function readFresh(
  projects: readonly ProjectFiles[],
  python: () => Promise<string>,
): Promise<FreshProject[]> {
  const setupPys = await readAll(projects, python);
  return projects.map((files) => ({
    files,
    read: () => {
      const setupPy = setupPys.get(files);
      if (setupPy instanceof ElementError) throw setupPy;
      const metadata = assembleMetadata({
        files,
        pyproject: readPyproject(files),
        setupCfg: readSetupCfg(files),
        setupPy,
      });
      const vcsVersion = metadata.version === undefined ? readVcsSettings(files, setupPy) : undefined;
      const namedFiles = readNamedFiles(files, [...(setupPy?.opened ?? []), ...(setupPy?.licences ?? [])]);
      const systemPackages = readSystemPackages(files);
      const patterns = readPackagedPatterns(files, setupPy?.packageData);
      return {
        ...metadata,
        ...(namedFiles.length === 0 ? {} : { namedFiles }),
        ...(patterns.length === 0 ? {} : { patterns }),
        ...(vcsVersion === undefined ? {} : { vcsVersion }),
        ...(systemPackages.length === 0 ? {} : { systemPackages }),
        ...(isPureBuild(files, metadata.buildSystem) ? { isPure: true } : {}),
        ...readToolSettings(files),
      };
    },
  }));
}

async function readAll(
  fresh: readonly ProjectFiles[],
  python: () => Promise<string>,
): Promise<Map<ProjectFiles, SetupPy | ElementError>> {
  const results = new Map<ProjectFiles, SetupPy | ElementError>();
  const withSetupPy = fresh.filter((files) => {
    try {
      return files.read('setup.py') !== undefined;
    } catch (error) {
      if (!(error instanceof ElementError)) throw error;
      results.set(files, error);
      return false;
    }
  });
  if (withSetupPy.length === 0) return results;
  try {
    const read = await readSetupPys(withSetupPy, await python());
    for (const [index, files] of withSetupPy.entries()) results.set(files, read[index] ?? {});
  } catch (error) {
    // Without a Python, the projects that have a setup.py are those that cannot be read.
    if (!(error instanceof ElementError)) throw error;
    for (const files of withSetupPy) results.set(files, error);
  }
  return results;
}
