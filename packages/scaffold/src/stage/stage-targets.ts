import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { stageOutputs, type StagePlan } from './stage-plan.js';
import { pluginEntries } from '../workspace/plugin-entries.js';
import type { Changes } from '../merge/changes.js';
import { JsonFile } from '../merge/json-file.js';

/** What takes the steps of a build stage. */
export const STAGE_EXECUTOR = '@wheelhouse/scaffold:stage';
/** Nx's plugin that takes every directory with a Dockerfile for a project. */
const DOCKER_PLUGIN = '@nx/docker';

/** The targets of a build stage. None is cached, none runs beside another: they share volumes and names. */
export function stageTargets({ database, project, generators }: StagePlan): Record<string, TargetConfiguration> {
  const { dist, reports } = stageOutputs(project.root);
  const step = (stage: string, more: TargetConfiguration = {}): TargetConfiguration => ({
    executor: STAGE_EXECUTOR,
    options: { stage },
    cache: false,
    parallelism: false,
    ...more,
  });
  const dependsOn = [{ target: 'stage:build' }];
  return {
    'stage:build': step('build', generators.length === 0 ? {} : { dependsOn: generators.map(taskOf) }),
    ...(database === undefined ? {} : { 'stage:agent': step('agent', { dependsOn }) }),
    'stage:test': step('test', { dependsOn, outputs: [`{workspaceRoot}/${reports}`] }),
    'stage:builder': step('builder', { dependsOn, outputs: [`{workspaceRoot}/${dist}`] }),
    'stage:release': step('release', { dependsOn: [{ target: 'stage:test' }, { target: 'stage:builder' }] }),
    'stage:clean': step('clean'),
  };
}

/** A task as `dependsOn` names it. @param words `<target>` or `<project>:<target>` */
function taskOf(words: string): { readonly target: string; readonly projects?: string[] } {
  const [, project, target] = /^([^:]+):(.+)$/.exec(words) ?? [];
  return project === undefined || target === undefined ? { target: words } : { projects: [project], target };
}

/**
 * Puts the targets into the project's project.json, which is made if there is none. A target that is there stays.
 *
 * @returns the project's name in Nx
 * @throws ElementError UNREADABLE
 */
export function writeTargets(changes: Changes, plan: StagePlan): string {
  const { tree } = changes;
  const { root, name } = plan.project;
  const file = posix.join(root, 'project.json');
  const present = tree.read(file, 'utf8');
  const projectName = nameInNx(changes, root) ?? name;
  const schema = posix.join(posix.relative(root, '.'), 'node_modules/nx/schemas/project-schema.json');
  const fresh = { name: projectName, $schema: schema, targets: {} };
  const json = JsonFile.parse(present ?? `${JSON.stringify(fresh, null, 2)}\n`, file);
  for (const [target, configuration] of Object.entries(stageTargets(plan))) {
    const there = json.get(['targets', target]);
    if (there === undefined) json.set(['targets', target], configuration);
    else if (JSON.stringify(there) !== JSON.stringify(configuration)) {
      const text = (value: unknown): string => `${JSON.stringify({ [target]: value }, null, 2)}\n`;
      changes.keep(file, text(there), text(configuration));
    }
  }
  changes.edit(file, json.text);
  return projectName;
}

function nameInNx({ tree }: Changes, root: string): string | undefined {
  for (const file of ['project.json', 'package.json']) {
    const path = posix.join(root, file);
    const name = tree.exists(path) ? JsonFile.parse(tree.read(path, 'utf8') ?? '', path).get(['name']) : undefined;
    if (typeof name === 'string') return name;
  }
  return undefined;
}

/**
 * Keeps `@nx/docker` away from the stage's Dockerfiles: it would make projects of their directories, which are in one
 * that is a project already, and end every command of Nx. Where nx.json does not have that plugin, nothing is done.
 */
export function excludeFromDockerPlugin(changes: Changes, root: string): void {
  const text = changes.tree.read('nx.json', 'utf8');
  if (text === null) return;
  const nxJson = JsonFile.parse(text, 'nx.json');
  const glob = posix.join(root, 'docker/**');
  for (const { name, index } of pluginEntries(nxJson)) {
    if (name !== DOCKER_PLUGIN) continue;
    const entry = nxJson.get(['plugins', index]);
    if (typeof entry === 'string') nxJson.set(['plugins', index], { plugin: entry, exclude: [glob] });
    const excluded = nxJson.get(['plugins', index, 'exclude']);
    if (!Array.isArray(excluded) || !excluded.includes(glob)) nxJson.append(['plugins', index, 'exclude'], glob);
  }
  changes.edit('nx.json', nxJson.text);
}
