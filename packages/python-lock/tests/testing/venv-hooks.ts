import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Interpreter, ProjectMetadata } from '@wheelhouse/python/internal';
import {
  fetchDistributions,
  type DistributionFile,
  type DistributionRequest,
  type DownloadContext,
} from '@wheelhouse/python/fetch';
import { isBuilt, sdistKey, select, type Lock, type LockEntry } from '@wheelhouse/python/lockfile';
import { parseMetadata, type SdistMetadata } from '@wheelhouse/python/metadata';
import type { HookRunner, SdistFile } from '@wheelhouse/python-lock/internal';

const run = promisify(execFile);

const CALL = `
import json, os, sys
sys.path.insert(0, os.getcwd())
import backend
hook, out = sys.argv[1:]
print(json.dumps(getattr(backend, hook)(*([] if hook.startswith('get') else [out]))))
`;

const UNPACK = `
import sys, zipfile
site, *wheels = sys.argv[1:]
for wheel in wheels:
    zipfile.ZipFile(wheel).extractall(site)
`;

/** Files by their hashes: those of a test file stay until its end, and each is downloaded once. */
const downloaded = new Map<string, DistributionFile>();

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
    if (entries.length > 0) {
      await run(tools.python, ['-I', '-c', UNPACK, site, ...(await this.wheels(entries, lock, { built, directory }))]);
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

  /** Locked wheels, or ones built from their sdists, which must have a build lock then. */
  private async wheels(
    entries: readonly LockEntry[],
    user: Lock,
    { built, directory }: { readonly built: ReadonlyMap<string, Lock>; readonly directory: string },
  ): Promise<string[]> {
    const locks = entries.map((entry) =>
      isBuilt(entry, user, { build: built }) ? built.get(sdistKey(entry)) : undefined,
    );
    const files = await this.files(
      entries.map(({ normalizedName: name, version, hashes }, index) => ({
        ...{ name, version, hashes },
        format: locks[index] === undefined ? 'wheel' : 'sdist',
      })),
      directory,
    );
    const paths: string[] = [];
    for (const [index, entry] of entries.entries()) {
      const [file, lock] = [files[index]!, locks[index]];
      if (lock === undefined) paths.push(file.path);
      else {
        const made = await this.call('build_wheel', { ...entry, ...file, name: entry.normalizedName }, lock, built);
        paths.push(join(made.directory, made.answer as string));
      }
    }
    return paths;
  }

  private async files(
    requests: readonly DistributionRequest[],
    destination: string,
  ): Promise<readonly DistributionFile[]> {
    const keyOf = ({ format, hashes }: DistributionRequest): string => `${format} ${hashes.join(' ')}`;
    const missing = requests.filter((request) => !downloaded.has(keyOf(request)));
    const fetched = missing.length === 0 ? [] : await fetchDistributions(missing, { ...this.context, destination });
    for (const [index, file] of fetched.entries()) downloaded.set(keyOf(missing[index]!), file);
    return requests.map((request) => downloaded.get(keyOf(request))!);
  }
}
