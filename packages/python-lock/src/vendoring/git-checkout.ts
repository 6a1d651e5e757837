import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ElementError, type Io, type Origin } from '@wheelhouse/element';
import { publicAddress, type Address, isVersion } from '@wheelhouse/python/internal';
import { faultError, faultHint, faultInWords, runProgram } from '@wheelhouse/python/fetch';

/** What git needs. */
export interface GitContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly io: Io;
}

/** A revision of a repository, checked out. */
export interface Checkout {
  /** Absolute: the repository, or its subdirectory in question. */
  readonly directory: string;
  /** Relative to the directory. */
  readonly files: readonly string[];
  readonly commit: string;
  /** What the tags say, as setuptools-scm reads them; absent if none is a version. */
  readonly version?: string;
}

/**
 * Clones a repository by git's own command, with its submodules and its credential helpers, and checks a revision out.
 * Credentials of the address reach git by its environment alone.
 *
 * @param destination a directory that does not exist, absolute
 * @throws ElementError FETCH with git's message
 */
export async function checkOut(
  address: Extract<Address, { readonly kind: 'git' }>,
  destination: string,
  context: GitContext & { readonly origin?: Origin | undefined },
): Promise<Checkout> {
  const url = publicAddress(address.repository);
  const git = async (
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly output: string }> =>
    await runProgram('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false', ...args], {
      environment: gitEnvironment(address.repository, context.environment),
      signal: context.io.signal,
    });
  const must = async (...args: readonly string[]): Promise<string> => {
    const result = await git(...args);
    if (result.code === 0) return result.stdout;
    const fault = faultInWords(result.output);
    const because = fault && faultError({ ...fault, at: url }, { what: 'file', names: [] }).reason;
    const message = because === undefined ? `git cannot fetch \`${url}\`` : `${because}: git cannot fetch it`;
    throw failed(message, result.output, context.origin);
  };
  await must('clone', '--quiet', '--no-checkout', '--filter=blob:none', '--', url, destination);
  const within = (...args: readonly string[]): readonly string[] => ['-C', destination, ...args];
  const commit = await commitOf();
  await must(...within('checkout', '--quiet', '--detach', commit));
  if (existsSync(join(destination, '.gitmodules')))
    await must(...within('submodule', 'update', '--init', '--recursive', '--quiet'));
  const directory = join(destination, address.subdirectory ?? '');
  if (!existsSync(directory)) {
    throw failed(`\`${url}\` has no directory \`${address.subdirectory ?? ''}\` at ${commit}`, '', context.origin);
  }
  const listed = await must('-C', directory, 'ls-files', '-z', '--recurse-submodules');
  const described = await git(...within('describe', '--tags', '--long', '--match', '*[0-9]*', commit));
  const version = described.code === 0 ? versionOf(described.stdout.trim(), commit) : undefined;
  return {
    directory,
    files: listed.split('\0').filter((path) => path !== ''),
    commit,
    ...(version === undefined ? {} : { version }),
  };

  async function commitOf(): Promise<string> {
    const { revision } = address;
    const parse = async (name: string): Promise<string | undefined> => {
      const { code, stdout } = await git(
        ...within('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`),
      );
      return code === 0 ? stdout.trim() : undefined;
    };
    if (revision === undefined) return (await parse('HEAD')) ?? (await must(...within('rev-parse', 'HEAD'))).trim();
    for (const name of [`refs/remotes/origin/${revision}`, `refs/tags/${revision}`, revision]) {
      const found = await parse(name);
      if (found !== undefined) return found;
    }
    // What no branch leads to, such as the head of a merge request.
    const fetched = await git(...within('fetch', '--quiet', '--', 'origin', revision));
    const found = fetched.code === 0 ? await parse('FETCH_HEAD') : undefined;
    if (found !== undefined) return found;
    throw failed(`\`${url}\` has no revision \`${revision}\``, '', context.origin);
  }
}

/** Git does not prompt, and rewrites the URL to the one with credentials itself. */
function gitEnvironment(repository: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|CONFIG_(COUNT|KEY_|VALUE_))/.test(name),
    ),
  );
  const [, secret] = /^([a-z]+:\/\/[^/?#]*@[^/]*\/)/i.exec(repository) ?? [];
  const rewritten = secret === undefined ? undefined : publicAddress(secret);
  return {
    ...own,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    ...(secret === undefined || rewritten === undefined || rewritten === secret
      ? {}
      : { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `url.${secret}.insteadOf`, GIT_CONFIG_VALUE_0: rewritten }),
  };
}

/** setuptools-scm's default: the version of a tag, and behind it that of the next release in development. */
function versionOf(described: string, commit: string): string | undefined {
  const [, tag = '', distance] = /^(.*)-(\d+)-g[0-9a-f]+$/.exec(described) ?? [];
  const version = /(?<![0-9.])\d+(\.\d+)*([abc.-]?(rc|a|b|post|dev)?\.?\d+)?$/.exec(tag)?.[0];
  if (version === undefined || !isVersion(version)) return undefined;
  if (distance === '0') return version;
  const next = version.replace(/\d+$/, (last) => String(Number(last) + 1));
  return `${next}.dev${distance ?? ''}+g${commit.slice(0, 9)}`;
}

function failed(message: string, output: string, origin: Origin | undefined): ElementError {
  const fault = faultInWords(output);
  return new ElementError({
    code: 'FETCH',
    message,
    origin,
    ...(output.trim() === '' ? {} : { detail: output.trim() }),
    hint: fault === undefined || fault.kind === 'denied' ? CREDENTIALS : faultHint(fault.kind),
  });
}

const CREDENTIALS =
  "credentials come from git's credential helpers and ssh agents; URLs can use variables: `https://${TOKEN}@host/...`";
