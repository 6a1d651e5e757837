import type { ProjectConfiguration } from '@nx/devkit';
import { createNodes } from '@wheelhouse/build';
import { lockText, pyproject, temporaryDirectories, type Files } from '../support/workspace.js';

const directory = temporaryDirectories();

async function inferred(files: Files, namedInputs: Record<string, string[]> = {}): Promise<ProjectConfiguration> {
  const workspaceRoot = directory({
    'a/pyproject.toml': pyproject('a'),
    'a/tests/test_a.py': '',
    'a/locks/runtime.txt': lockText('six', '1.17.0', ['b'.repeat(64)]),
    ...files,
  });
  const context = { nxJsonConfiguration: { namedInputs }, workspaceRoot };
  const [result] = await createNodes[1](['a/pyproject.toml'], { exclude: ['odd {name}/**'] }, context);
  return result?.[1].projects?.a as ProjectConfiguration;
}

describe('the inputs of the targets of a project', () => {
  it('are patterns of a directory together, and what all of them share by a name of the project', async () => {
    const { targets, namedInputs } = await inferred({});
    expect(namedInputs).toEqual({
      wheelhouse: [
        '{workspaceRoot}/a/{locks/**/*,.python-version}',
        '{workspaceRoot}/.python-version',
        { runtime: expect.stringContaining('toolchain') as string },
        { externalDependencies: ['pypi:six@1.17.0'] },
      ],
    });
    expect(targets?.snapshot?.inputs).toEqual([
      '{workspaceRoot}/a/{pyproject.toml,setup.cfg,setup.py,**/Cargo.lock}',
      '^{projectRoot}/{pyproject.toml,setup.cfg,setup.py}',
      'wheelhouse',
    ]);
    expect(targets?.['build-wheel']?.inputs).toEqual([
      '{workspaceRoot}/a/**/*',
      expect.stringMatching(/^!\{workspaceRoot\}\/a\/\{tests\/\*\*,test\/\*\*,.*,\.wheelhouse\/hook\.bst\}$/),
      '!{workspaceRoot}/a/odd {name}/**',
      { dependentTasksOutputFiles: '**/*.whl', transitive: true },
      'wheelhouse',
    ]);
    expect(targets?.test?.inputs?.at(-1)).toBe('wheelhouse');
  });

  it('have no name where nx.json or the project means something by it', async () => {
    const own = JSON.stringify({ namedInputs: { wheelhouse: [] } });
    for (const project of [await inferred({ 'a/project.json': own }), await inferred({}, { wheelhouse: [] })]) {
      expect(project.namedInputs).toBeUndefined();
      expect(project.targets?.snapshot?.inputs).toContainEqual({ externalDependencies: ['pypi:six@1.17.0'] });
    }
  });
});
