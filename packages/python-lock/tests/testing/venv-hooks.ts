import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Interpreter, ProjectMetadata } from '@wheelhouse/python';
import { fetchDistributions, type DownloadContext } from '@wheelhouse/python/fetch';
import { isBuilt, sdistKey, select, type Lock, type LockEntry } from '@wheelhouse/python/lockfile';
import { parseMetadata, type SdistMetadata } from '@wheelhouse/python/metadata';
import type { HookRunner, SdistFile } from '@wheelhouse/python-lock';

const run = promisify(execFile);

const CALL = `
import json, os, sys
sys.path.insert(0, os.getcwd())
import backend
hook, out = sys.argv[1:]
print(json.dumps(getattr(backend, hook)(*([] if hook.startswith('get') else [out]))))
`;

/** Runs the hooks of tests' own backends in real environments that hold exactly their build locks. */
export class VenvHooks implements HookRunner {
  /** What was asked: the hook, of what, with what in its environment. */
  readonly calls: string[] = [];

  constructor(
    private readonly context: Omit<DownloadContext, 'interpreter'> & { readonly interpreter: Interpreter },
    private readonly workspace: string,
  ) {}

  async metadata(sdist: SdistFile, buildLock: Lock, built: ReadonlyMap<string, Lock>): Promise<SdistMetadata> {
    const { directory, answer } = await this.call('prepare_metadata_for_build_wheel', sdist, buildLock, built);
    return parseMetadata(readFileSync(join(directory, answer as string, 'METADATA'), 'utf8'));
  }

  async buildRequires(
    target: { sdist: SdistFile } | { project: ProjectMetadata },
    buildLock: Lock,
    built: ReadonlyMap<string, Lock>,
  ): Promise<string[]> {
    const what = 'sdist' in target ? target.sdist : target.project;
    return (await this.call('get_requires_for_build_wheel', what, buildLock, built)).answer as string[];
  }

  private async call(
    hook: string,
    what: SdistFile | ProjectMetadata,
    lock: Lock,
    built: ReadonlyMap<string, Lock>,
  ): Promise<{ readonly directory: string; readonly answer: unknown }> {
    const { tools, destination, interpreter } = this.context;
    const directory = mkdtempSync(join(destination, 'hook-'));
    const site = join(directory, 'site');
    mkdirSync(site);
    const entries = select(lock, interpreter.markers);
    for (const entry of entries) {
      await run(tools.python, ['-m', 'zipfile', '-e', await this.wheel(entry, lock, { built, directory }), site]);
    }
    let source = join(this.workspace, 'root' in what ? what.root : '');
    if ('path' in what) {
      await run('tar', ['xf', what.path, '-C', directory]);
      source = join(directory, what.filename.replace(/\.tar\.gz$/, ''));
    }
    const script = join(directory, 'call.py');
    writeFileSync(script, CALL);
    this.calls.push(
      `${hook} ${what.normalizedName} [${entries.map(({ normalizedName }) => normalizedName).join(' ')}]`,
    );
    const environment = { PATH: process.env.PATH, PYTHONPATH: site };
    const { stdout } = await run(tools.python, [script, hook, directory], { cwd: source, env: environment });
    return { directory, answer: JSON.parse(stdout) as unknown };
  }

  /** A locked wheel, or one built from its sdist, which must have a build lock then. */
  private async wheel(
    entry: LockEntry,
    user: Lock,
    { built, directory }: { readonly built: ReadonlyMap<string, Lock>; readonly directory: string },
  ): Promise<string> {
    const lock = isBuilt(entry, user, { build: built }) ? built.get(sdistKey(entry)) : undefined;
    const format = lock === undefined ? 'wheel' : 'sdist';
    const request = { name: entry.normalizedName, version: entry.version, hashes: entry.hashes, format } as const;
    const [file] = await fetchDistributions([request], { ...this.context, destination: directory });
    if (file === undefined) throw new Error('no answer');
    if (lock === undefined) return file.path;
    const made = await this.call('build_wheel', { ...entry, ...file, name: entry.normalizedName }, lock, built);
    return join(made.directory, made.answer as string);
  }
}
