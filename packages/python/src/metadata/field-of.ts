import { type Declaration } from './declaration.js';
import type { ProjectFiles } from './project-files.js';
import { readsSetupPy } from './build-system.js';
import type { Pyproject } from './pyproject.js';

/** The files of one project, read. */
export interface Declarations {
  readonly files: ProjectFiles;
  readonly pyproject: Pyproject;
  readonly setupPy?: Declaration | undefined;
  readonly setupCfg?: Declaration | undefined;
}

/**
 * What the files of a project say of a field, the one that counts of those that say something.
 *
 * @param dynamicName what `project.dynamic` calls it (PEP 621)
 */
export function fieldOf<K extends keyof Declaration>(
  declarations: Declarations,
  key: K,
  dynamicName: string,
): Declaration[K] {
  const { pyproject, setupPy, setupCfg } = declarations;
  const { project, dynamic, poetry } = pyproject;
  const own = project?.[key];
  if (own !== undefined) return own;
  if (poetry !== undefined && project !== undefined && !dynamic.has(dynamicName)) {
    // What `[project]` leaves out Poetry takes from its own table; but the lists of dependencies from one table alone.
    const isList = key === 'dependencies' || key === 'extras';
    const isListed = project.dependencies !== undefined || project.extras !== undefined;
    return isList && isListed ? undefined : poetry.declaration[key];
  }
  if (project !== undefined && !dynamic.has(dynamicName)) return undefined;
  // Poetry's backend reads no setup.py and no setup.cfg, and setuptools no table of Poetry's.
  const ofSetuptools = readsSetupPy(pyproject.backend) ? (setupPy?.[key] ?? setupCfg?.[key]) : undefined;
  const legacy = poetry === undefined ? ofSetuptools : poetry.declaration[key];
  if (legacy !== undefined || pyproject.project === undefined || dynamicName === 'version') return legacy;
  // pbr takes them from requirements.txt, which is read where nothing else says what is required.
  if (dynamicName === 'dependencies' && /^pbr\b/.test(pyproject.backend)) return undefined;
  const origin = pyproject.project.name === undefined ? pyproject.buildSystemOrigin : pyproject.project.name.origin;
  return {
    origin,
    why: `\`${dynamicName}\` is dynamic: \`${pyproject.backend}\` computes it when the project is built`,
  };
}
