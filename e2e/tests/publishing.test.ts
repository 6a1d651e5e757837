import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { REPOSITORY } from './support/installation.js';
import { removeTree } from './support/remove-tree.js';
import { UploadIndex } from './support/upload-index.js';
import { runWell, type Ended } from './support/users.js';
import { Workspace, type RunOptions } from './support/workspace.js';

const WHEELHOUSE = 'dist/app/wheelhouse';
const APP = 'app-1.0.0-py3-none-any.whl';
const CREDENTIALS = { TWINE_USERNAME: UploadIndex.USER, TWINE_PASSWORD: UploadIndex.PASSWORD };

let base: string;
let workspace: Workspace;
let uploads: UploadIndex;
let server: ChildProcess | undefined;
/** The addresses that pip takes: the static index served, the same by its path, and pypiserver. */
let indexes: Readonly<Record<string, string>>;
let first: Ended;

/** The file of the dependency, whose version is the lock's affair. */
function humanize(): string {
  return readdirSync(workspace.path(WHEELHOUSE)).find((name) => name.startsWith('humanize-')) ?? '';
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

async function publish(words: readonly string[], options?: RunOptions): Promise<Ended> {
  return await workspace.wheelhouse(['publish', ...words], options);
}

/** How the command ends for a user's error: with these lines, and nothing else. */
function complaint(...lines: readonly string[]): Ended {
  return { exitCode: 1, stdout: '', stderr: lines.map((line) => `${line}\n`).join('') };
}

/** A copy of the wheelhouse, with its manifest beside it, somewhere else. */
function copy(name: string): { readonly directory: string; readonly wheel: string; readonly manifest: string } {
  const directory = join(base, name, 'wheelhouse');
  cpSync(workspace.path(WHEELHOUSE), directory, { recursive: true });
  const manifest = join(base, name, 'manifest.json');
  cpSync(workspace.path('dist/app/manifest.json'), manifest);
  return { directory, wheel: join(directory, APP), manifest };
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'wheelhouse-publishing-'));
  chmodSync(base, 0o755);
  workspace = new Workspace({
    base,
    source: join(REPOSITORY, 'e2e', 'fixtures', 'hermetic'),
    parts: ['app', 'nx.json'],
  });
  uploads = await UploadIndex.start(join(base, 'pypiserver'));
  const words = ['run', 'app:publish', '--to=index', '--scope=wheelhouse', '--tested', '--output-style=static'];
  first = await workspace.nx(words);
  if (first.exitCode !== 0) throw new Error(`${first.stdout}\n${first.stderr}`);
  const serving = spawn(
    process.execPath,
    [
      join(base, 'installation', 'node_modules', '@wheelhouse', 'build', 'bin', 'wheelhouse.js'),
      ...['index', 'serve', 'index', '--listen', '127.0.0.1:0'],
    ],
    { cwd: workspace.directory, env: workspace.environment, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  server = serving;
  const [line] = (await once(createInterface(serving.stdout), 'line')) as [string];
  indexes = {
    served: line.replace('index: ', ''),
    path: pathToFileURL(workspace.path('index/simple')).href,
    pypiserver: `${uploads.url}simple/`,
  };
});

afterAll(async () => {
  await uploads.stop();
  if (server?.exitCode === null) {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
  removeTree(base);
});

describe('the documents of a wheelhouse', () => {
  test('name every input, and the commit where the sources are what is committed', () => {
    const { subject, predicate } = JSON.parse(workspace.read(`${WHEELHOUSE}/provenance.intoto.json`)) as {
      readonly subject: readonly { readonly name: string; readonly annotations: { readonly origin: string } }[];
      readonly predicate: {
        readonly buildDefinition: {
          readonly resolvedDependencies: readonly { readonly annotations: { readonly role: string } }[];
        };
      };
    };
    expect(subject.map(({ name, annotations }) => [name, annotations.origin])).toEqual([
      [APP, 'project'],
      [humanize(), 'snapshot'],
    ]);
    const roles = predicate.buildDefinition.resolvedDependencies.map(({ annotations }) => annotations.role);
    expect([...new Set(roles)]).toEqual([
      ...['commit', 'sources', 'lock', 'snapshot', 'build', 'wheel', 'scripts', 'toolchain'],
    ]);
  });

  test('are the same bytes when they are written again', async () => {
    const before = workspace.contents(WHEELHOUSE);
    workspace.remove('dist');
    expect((await workspace.wheelhouse(['build', 'app'])).exitCode).toBe(0);
    expect(workspace.contents(WHEELHOUSE)).toEqual(before);
  });
});

describe('the target publish', () => {
  test('builds and tests what it publishes to a static index', () => {
    for (const line of [`published: ${APP}`, `published: ${humanize()}`, 'index: index']) {
      expect(first.stdout).toContain(`${line}\n`);
    }
    expect(first.stdout).toMatch(/^tests: 3 passed, 0 failed, 0 skipped$/m);
    expect(readdirSync(workspace.path('index/files'))).toEqual(['app', 'humanize']);
  });

  test('publishes nothing twice, and is never cached', async () => {
    const words = ['run', 'app:publish', '--to=index', '--output-style=static'];
    const { stdout, exitCode } = await workspace.nx(words);
    expect([exitCode, stdout.includes(`already there: ${APP}\nindex: index\n`)]).toEqual([0, true]);
    expect(stdout).toMatch(/nx run app:publish[^[\n]*\n/);
  });

  test('needs a destination', async () => {
    expect(await publish(['app'])).toEqual(
      complaint(
        'no destination to publish to',
        'hint: set either `to`, the directory of a static index, or `repository`, a URL or a name in ~/.pypirc',
      ),
    );
  });
});

describe('uploading to another index', () => {
  const scope = ['--scope', 'wheelhouse'];

  test('without credentials is refused, and says where they are looked for', async () => {
    const { exitCode, stderr } = await publish(['app', '--repository', uploads.url]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(`\`${APP}\` was not uploaded to \`${uploads.url}\`: NonInteractive: `);
    expect(stderr).toMatch(
      /\nhint: set TWINE_USERNAME and TWINE_PASSWORD, add the index to ~\/\.pypirc, or use a keyring\n$/,
    );
    expect(readdirSync(uploads.files)).toEqual([]);
  });

  test('with wrong ones is refused, without saying them', async () => {
    const environment = { ...CREDENTIALS, TWINE_PASSWORD: 'wrong-password' };
    const { exitCode, stdout, stderr } = await publish(['app', '--repository', uploads.url], { environment });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`\`${APP}\` was not uploaded to \`${uploads.url}\`: HTTP 403`);
    expect(`${stdout}${stderr}`).not.toContain('wrong-password');
  });

  test('takes no address with a password in it', async () => {
    expect(await publish(['app', '--repository', uploads.url.replace('//', '//me:secret@')])).toEqual(
      complaint(
        `the URL \`${uploads.url}\` contains credentials`,
        'hint: set TWINE_USERNAME and TWINE_PASSWORD, add the index to ~/.pypirc, or use a keyring',
      ),
    );
  });

  test('can be tried, without sending anything', async () => {
    const options = [...scope, '--dry-run', '--repository', uploads.url];
    expect(await publish(['app', ...options])).toEqual({
      exitCode: 0,
      stdout: `would be published: ${APP}\nwould be published: ${humanize()}\nnothing was changed: ${uploads.url}\n`,
      stderr: '',
    });
    expect(readdirSync(uploads.files)).toEqual([]);
  });

  test('sends what is not there yet, with credentials of the environment or of .pypirc', async () => {
    const sent = await publish(['app', '--tested', '--repository', uploads.url], { environment: CREDENTIALS });
    expect(sent).toEqual({ exitCode: 0, stdout: `published: ${APP}\nindex: ${uploads.url}\n`, stderr: '' });
    const section = `username = ${UploadIndex.USER}\npassword = ${UploadIndex.PASSWORD}\n`;
    writeFileSync(
      join(workspace.home, '.pypirc'),
      `[distutils]\nindex-servers = ours\n\n[ours]\nrepository = ${uploads.url}\n${section}`,
    );
    expect(await publish([WHEELHOUSE, '--repository', 'ours', ...scope])).toEqual({
      exitCode: 0,
      stdout: `already there: ${APP}\npublished: ${humanize()}\nindex: ours\n`,
      stderr: '',
    });
    expect(readdirSync(uploads.files).sort()).toEqual([APP, humanize()].sort());
  });
});

describe('pip', () => {
  test.each(['served', 'path', 'pypiserver'])('installs the application from the index: %s', async (name) => {
    const venv = join(base, `venv-${name}`);
    const run = { cwd: base, env: { PATH: process.env.PATH, HOME: workspace.home, PIP_CONFIG_FILE: '/dev/null' } };
    await runWell(['/usr/bin/python3', '-m', 'venv', venv], run);
    const options = ['--no-cache-dir', '--disable-pip-version-check', '--index-url', indexes[name] ?? ''];
    await runWell([join(venv, 'bin', 'pip'), 'install', ...options, 'app==1.0.0'], run);
    const { stdout } = await runWell([join(venv, 'bin', 'app'), '2048'], run);
    expect(stdout).toBe('2.0 KiB\n');
  });

  test('is served until the server gets a signal, and then it exits cleanly', async () => {
    if (server === undefined) throw new Error('there is no server');
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

describe('refused is', () => {
  test('a tampered wheel, by verification and by publishing', async () => {
    const { directory, wheel } = copy('tampered');
    const before = sha256(wheel);
    const bytes = readFileSync(wheel);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(wheel, Buffer.concat([bytes, Buffer.from('\0')]));
    const after = sha256(wheel);
    const verified = await workspace.wheelhouse(['verify', directory]);
    expect(verified.exitCode).toBe(1);
    const changed = `is recorded as \`${before}\`, but is \`${after}\``;
    const lines = verified.stdout.trimEnd().split('\n');
    const place = '../tampered/wheelhouse';
    expect(lines).toEqual(
      expect.arrayContaining([
        `${place}/requirements.txt: \`app==1.0.0\` ${changed}`,
        `${place}/sbom.cdx.json: \`hashes of ${APP}\` ${changed}`,
        `${place}/provenance.intoto.json: \`subject ${APP}\` ${changed}`,
      ]),
    );
    expect(lines.at(-1)).toMatch(/^\d+ checked, [4-9] wrong$/);
    const { exitCode, stdout, stderr } = await publish([directory, '--to', '../refused']);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr.split('\n')[0]).toBe(`\`${directory}\` was not published`);
    expect(stderr).toContain(`\nrequirements.txt: \`app==1.0.0\` ${changed}\n`);
    expect(existsSync(join(base, 'refused'))).toBe(false);
  });

  test('an edited manifest', async () => {
    const { directory, manifest } = copy('edited');
    const { elementKey } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly elementKey: string };
    const other = elementKey.replace(/^./, elementKey.startsWith('0') ? '1' : '0');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(elementKey, other));
    const { exitCode, stdout, stderr } = await workspace.wheelhouse(['verify', directory]);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(
        `^../edited/manifest.json: \`elementKey\` is recorded as \`${other}\`, but the provenance has \`${elementKey}\`\n` +
          `\\d+ checked, 1 wrong\n$`,
      ) as string,
      stderr: '',
    });
  });

  test('an untested wheel under --tested', async () => {
    const { directory } = copy('untested');
    const reason = `${APP}: it is not tested: there is no \`record.json\` in the wheelhouse, beside it, or in \`reports\``;
    expect((await workspace.wheelhouse(['verify', directory])).exitCode).toBe(0);
    const { exitCode, stdout } = await workspace.wheelhouse(['verify', '--tested', directory]);
    expect([exitCode, stdout.split('\n')[0]]).toEqual([1, `../untested/wheelhouse/${reason}`]);
    expect(await publish([directory, '--tested', '--to', 'index'])).toEqual(
      complaint(
        `\`${directory}\` was not published`,
        reason,
        'hint: `wheelhouse verify --tested DIR` shows the same problems; build and test it again',
      ),
    );
    const record = ['--record', workspace.path('reports/app')];
    expect((await workspace.wheelhouse(['verify', ...record, directory])).exitCode).toBe(0);
  });

  test('other bytes under a name that is published, by both indexes', async () => {
    const published = sha256(join(workspace.path(WHEELHOUSE), APP));
    workspace.edit('app/app/__init__.py', 'Says how large something is.', 'Says how large something is!');
    const { exitCode } = await workspace.wheelhouse(['build', 'app']);
    expect(exitCode).toBe(0);
    const built = sha256(join(workspace.path(WHEELHOUSE), APP));
    const refusal = complaint(
      `\`${APP}\` is already published with different content: \`sha256:${published}\`, not \`sha256:${built}\``,
      'hint: published files are never overwritten: change the version of the project',
    );
    expect(await publish(['app', '--to', 'index'])).toEqual(refusal);
    expect(await publish(['app', '--repository', 'ours'])).toEqual(refusal);
    expect(sha256(workspace.path(`index/files/app/${APP}`))).toBe(published);
    expect(sha256(join(uploads.files, APP))).toBe(published);
    // The record is still about the wheel that was tested.
    const { stderr } = await publish(['app', '--tested', '--to', '../other']);
    expect(stderr).toContain(
      `record.json: it is about a wheel with the digest \`${published}\`, but \`${APP}\` has \`${built}\`\n`,
    );
  });
});
