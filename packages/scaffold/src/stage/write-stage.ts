import { posix } from 'node:path';
import { filesOfManifestIn } from '@wheelhouse/python/internal';
import { discoversPackages } from '@wheelhouse/python/metadata';
import { releaseCommand, serversOf } from './commands.js';
import { devCompose } from './dev-compose.js';
import { devDockerfile } from './dev-dockerfile.js';
import { releaseCompose } from './release-compose.js';
import { releaseDockerfile } from './release-dockerfile.js';
import { AGENT_SCRIPT, buildScript, CACHE_SCRIPT, testScript } from './scripts.js';
import type { StagePlan } from './stage-plan.js';
import { wheelsScript } from './wheels-script.js';
import type { Changes } from '../merge/changes.js';
import { manifestIn } from '../metadata/manifest-in.js';
import { withNamedPackages } from '../metadata/named-packages.js';
import { packageDataOf } from '../metadata/package-data.js';
import { withBuildSystem } from '../metadata/pyproject-toml.js';
import { setupPy } from '../metadata/setup-py.js';
import type { ProjectModel } from '../project/project-model.js';

/** Writes a project's metadata if it has none, and what builds it if nothing says that. @throws ElementError METADATA */
export function writeMetadata(changes: Changes, project: ProjectModel): void {
  const at = (file: string): string => posix.join(project.root, file);
  const usesSetuptools = project.backend.startsWith('setuptools.');
  if (!project.hasMetadata) changes.write(at('setup.py'), setupPy(project));
  if (usesSetuptools) {
    const file = at('pyproject.toml');
    changes.edit(file, withBuildSystem(changes.tree.read(file, 'utf8') ?? undefined, file, project));
    namePackages(changes, project);
    writeManifest(changes, project);
  }
}

/** The directories `docker` and `locks` end setuptools' own discovery of packages in all other builds of it. */
function namePackages(changes: Changes, project: ProjectModel): void {
  const file = posix.join(project.root, 'pyproject.toml');
  const read = (name: string): string | undefined =>
    changes.tree.read(posix.join(project.root, name), 'utf8') ?? undefined;
  const pyproject = read('pyproject.toml');
  const statements = { pyproject, setupCfg: read('setup.cfg'), setupPy: read('setup.py') };
  const hasSrc = changes.tree.exists(posix.join(project.root, 'src'));
  if (!discoversPackages({ ...statements, backend: project.backend, hasSrc })) return;
  const named = withNamedPackages(pyproject ?? '', project);
  if (named !== undefined) {
    changes.edit(file, named);
    return;
  }
  changes.note(
    `setuptools discovers the packages of \`${project.root}\` automatically, and would include the directories \`docker\` and \`locks\`: ` +
      'list the packages, in setup.cfg with `packages = find:` and `include` in `[options.packages.find]`.',
  );
}

/** MANIFEST.in is for files that are no Python source: without any it would say nothing. */
function writeManifest(changes: Changes, project: ProjectModel): void {
  const file = posix.join(project.root, 'MANIFEST.in');
  const text = manifestIn(project);
  const present = changes.tree.read(file, 'utf8');
  if (text === undefined) {
    if (present === null) changes.note(`\`${file}\` is not needed: the packages contain only Python source.`);
    return;
  }
  if (present === null) {
    changes.write(file, text);
    return;
  }
  const taken = filesOfManifestIn(present, project.dataFiles);
  const setup = changes.tree.read(posix.join(project.root, 'setup.py'), 'utf8') ?? '';
  const named = packageDataOf(setup, project);
  if (project.dataFiles.some((each) => !taken.has(each) && !named.has(each))) changes.keep(file, present, text);
}

/** Writes the files of a project's build stage. */
export function writeStage(changes: Changes, plan: StagePlan): void {
  const { project, database } = plan;
  const at = (file: string): string => posix.join(project.root, file);
  changes.write(at('docker/dev/Dockerfile'), devDockerfile(plan));
  changes.write(at('docker/dev/docker-compose.yml'), devCompose(plan));
  changes.write(at('docker/release/Dockerfile'), releaseDockerfile(plan));
  changes.write(at('docker/release/docker-compose.yml'), releaseCompose(plan));
  changes.write(at('scripts/agent.sh'), AGENT_SCRIPT, 0o755);
  changes.write(at('scripts/build.sh'), buildScript(plan), 0o755);
  changes.write(at('scripts/cache.sh'), CACHE_SCRIPT, 0o755);
  changes.write(at('scripts/test.sh'), testScript(plan), 0o755);
  changes.write(at('scripts/wheels.sh'), wheelsScript(), 0o755);
  if (database === undefined) {
    changes.note(
      'The services `agent` and `db` are left out: no database driver is required, and `--database` is not given.',
    );
  }
  noteServer(changes, project);
}

function noteServer(changes: Changes, project: ProjectModel): void {
  const { application } = project;
  if (application === undefined || releaseCommand(project).serves) return;
  const servers = serversOf(application.protocol).map((name) => `\`${name}\``);
  changes.note(
    `The release image has no server: no server for \`${application.target}\` is required. ` +
      `Require one of ${servers.join(', ')}, or set CMD in \`${posix.join(project.root, 'docker/release/Dockerfile')}\`.`,
  );
}
