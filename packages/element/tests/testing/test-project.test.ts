import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ActionBuilder,
  BuildElement,
  ElementError,
  type ElementKind,
  type ElementResult,
  type Json,
} from '@wheelhouse/element';
import { LocalStore } from '@wheelhouse/element/internal';
import { openTestProject, type TestProject, type TestProjectOptions } from '@wheelhouse/element/testing';
import { temporaryPaths } from '../support/temporary.js';

const path = temporaryPaths();
const opened: TestProject[] = [];

afterEach(async () => {
  for (const project of opened.splice(0)) await project.dispose();
});

async function open(options: TestProjectOptions): Promise<TestProject> {
  const project = await openTestProject(options);
  opened.push(project);
  return project;
}

/** How those of the project's elements that failed came out, as its events say. */
function failuresOf({ events }: TestProject): Extract<ElementResult, { readonly outcome: 'failed' }>[] {
  return events.flatMap((event) => ('result' in event && event.result.outcome === 'failed' ? [event.result] : []));
}

const FILES = {
  'project.conf': 'name: small\nmin-version: 2.4\n',
  'host.bst': 'kind: host\n',
  'text.bst': 'kind: import\nsources:\n- kind: local\n  path: text\n',
  'text/a.txt': 'a\n',
};

const FAILING = {
  ...FILES,
  'fails.bst':
    'kind: manual\nbuild-depends: [host.bst]\nconfig:\n  build-commands:\n  - echo so far\n  - exit 7\n  - echo further\n',
};

describe('a project of texts', () => {
  test('it is on disk until it is disposed of', async () => {
    const project = await openTestProject({ files: FILES });
    expect(existsSync(join(project.directory, 'text', 'a.txt'))).toBe(true);
    await project.dispose();
    expect(existsSync(project.directory)).toBe(false);
    expect(existsSync(project.store.directory)).toBe(false);
  });

  test('without targets all of its elements are built', async () => {
    const project = await open({ files: FILES });
    const outcomes = await project.build();
    expect(outcomes.map(({ element, status }) => `${element.name} ${status}`).sort()).toEqual([
      'host.bst built',
      'text.bst built',
    ]);
    expect(await project.readArtifact('text.bst', 'a.txt')).toBe('a\n');
    expect(await project.artifactOf('host.bst')).toEqual([]);
  });

  test('what is wrong with it is thrown, and nothing is left behind', async () => {
    await expect(
      open({ files: { 'project.conf': 'name: small\nmin-version: 2.4\n', 'a.bst': 'kind: none\n' } }),
    ).rejects.toThrow("a.bst [line 1 column 6]: No element plugin registered for kind 'none'");
  });

  test('a store that is given is shared and stays', async () => {
    const store = LocalStore.open(path());
    const first = await openTestProject({ files: FILES, targets: ['text.bst'], store });
    await first.build();
    await first.dispose();
    const second = await open({ files: FILES, targets: ['text.bst'], store });
    expect(second.keyOf('text.bst')).toBe(first.keyOf('text.bst'));
    expect((await second.build()).map(({ status }) => status)).toEqual(['cached']);
  });
});

describe('a command that fails', () => {
  test('it is an outcome with its exit code, its label and its log', async () => {
    const project = await open({ files: FAILING, targets: ['fails.bst'] });
    const [failed] = (await project.build()).filter(({ status }) => status === 'failed');
    expect(failed?.element.name).toBe('fails.bst');
    expect(project.recordOf('fails.bst')).toMatchObject({ exitCode: 7, failedCommand: 'exit 7' });
    expect(await project.logOf('fails.bst')).toBe(
      "+ echo so far\nso far\n+ exit 7\nCommand 'exit 7' failed with exitcode 7\n",
    );
    expect(failuresOf(project)).toMatchObject([{ outcome: 'failed', replayed: false }]);
  });

  test('it is run again only when that is asked for', async () => {
    const store = LocalStore.open(path());
    const replayed = async (options: Partial<TestProjectOptions>): Promise<unknown> => {
      const project = await open({ files: FAILING, targets: ['fails.bst'], store, ...options });
      await project.build();
      return failuresOf(project)[0]?.replayed;
    };
    expect(await replayed({})).toBe(false);
    expect(await replayed({})).toBe(true);
    expect(await replayed({ retryFailed: true })).toBe(false);
  });
});

describe('a directory with other texts over it', () => {
  test('the text stands for the file', async () => {
    const { directory } = await open({ files: FILES });
    const project = await open({
      directory,
      files: { 'text.bst': `${FILES['text.bst']}config:\n  target: /deep\n` },
      targets: ['text.bst'],
    });
    await project.build();
    expect(await project.readArtifact('text.bst', 'deep/a.txt')).toBe('a\n');
  });

  test('a text that would be no part of the project is refused', async () => {
    const { directory } = await open({ files: FILES });
    await expect(open({ directory, files: { 'text/a.txt': 'b\n' } })).rejects.toThrow(
      "text/a.txt is neither project.conf nor an element: write it into the project's directory",
    );
  });
});

describe('a kind that is given as it is', () => {
  class ShoutElement extends BuildElement {
    override getUniqueKey(): Json {
      return { build: super.getUniqueKey(), shout: 1 };
    }

    override assemble(sandbox: ActionBuilder): string {
      sandbox.run(`echo "$SHOUT" | tr a-z A-Z > ${this.getVariable('install-root')}/shout`);
      return this.getVariable('install-root');
    }
  }

  const shout: ElementKind = { kind: 'shout', formatVersion: 1, create: (meta) => new ShoutElement(meta) };

  test('it builds without being named in project.conf', async () => {
    const project = await open({
      files: { ...FILES, 'shout.bst': 'kind: shout\nbuild-depends: [host.bst]\nenvironment:\n  SHOUT: hey\n' },
      targets: ['shout.bst'],
      plugins: [{ elements: [shout] }],
    });
    await project.build();
    expect(await project.readArtifact('shout.bst', 'shout')).toBe('HEY\n');
  });

  test('a sandbox of the test takes the place of bubblewrap', async () => {
    const project = await open({
      files: { ...FILES, 'shout.bst': 'kind: shout\nbuild-depends: [host.bst]\n' },
      targets: ['shout.bst'],
      plugins: [{ elements: [shout] }],
      sandbox: () => ({
        name: 'none',
        supports: () => ({ message: 'this sandbox runs nothing' }),
        run: () => Promise.reject(new Error('it was asked to')),
      }),
    });
    await expect(project.build()).rejects.toThrow(
      new ElementError({
        code: 'SANDBOX',
        message: 'shout.bst [line 1 column 0]: shout.bst: this sandbox runs nothing',
      }),
    );
  });
});
