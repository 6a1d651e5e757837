import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { ElementError, type SourceStore } from '@wheelhouse/element';
import { isProgram } from '@wheelhouse/element/internal';
import { decompress, type FindProgram } from './decompress.js';
import type { Mirror } from './mirror.js';

const run = promisify(execFile);

/** Where distributions keep the keys of their archives. */
const KEYRINGS = ['/usr/share/keyrings', '/etc/apt/trusted.gpg.d'];

/** What the file of a suite is read with. */
export interface ReleaseContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly scratch: SourceStore['scratch'];
  readonly program: FindProgram;
  /** Absolute path of the keys that sign; default: those that the machine has for archives. */
  readonly keyring?: string | undefined;
  /** Whether signatures are not looked at, as of a mirror of one's own. */
  readonly trusted: boolean;
  /** Is told what was not checked. */
  readonly progress: (line: string) => void;
}

/**
 * The texts of the indexes of packages of a suite, one a component (Debian repository format). They are checked by the hashes in
 * the suite's InRelease, and that by its signature.
 *
 * @throws ElementError SOURCE
 */
export async function packageIndexes(
  mirror: Mirror,
  wanted: { readonly suite: string; readonly components: readonly string[]; readonly architecture: string },
  context: ReleaseContext,
): Promise<string[]> {
  const { suite, components, architecture } = wanted;
  const place = `dists/${suite}`;
  const release = await readAll(mirror.get(`${place}/${context.trusted ? 'Release' : 'InRelease'}`));
  const label = `${mirror.url}/${place}`;
  if (!context.trusted) await checkSignature(release, label, context);
  const hashes = hashesOf(release.toString('utf8'));
  const texts: string[] = [];
  for (const component of components) {
    const base = `${component}/binary-${architecture}/Packages`;
    const suffix = ['.xz', '.gz', ''].find((each) => hashes.has(base + each));
    if (suffix === undefined) {
      throw new ElementError({
        code: 'SOURCE',
        message: `${label} has no component \`${component}\` for \`${architecture}\``,
      });
    }
    const packed = await readAll(mirror.get(`${place}/${base}${suffix}`));
    const found = createHash('sha256').update(packed).digest('hex');
    if (found !== hashes.get(base + suffix)) {
      throw new ElementError({
        code: 'SOURCE',
        message: `${label}/${base}${suffix} has the SHA-256 \`${found}\`, but the suite says \`${hashes.get(base + suffix) ?? ''}\``,
        hint: 'the mirror may be in the middle of an update: try again later',
      });
    }
    const content = Readable.from([packed]);
    texts.push(
      (await readAll(decompress(content, suffix.slice(1), { label: base, program: context.program }))).toString('utf8'),
    );
  }
  return texts;
}

/** The files of a suite with their SHA-256, in hexadecimal. */
function hashesOf(release: string): ReadonlyMap<string, string> {
  const [, section = ''] = /^SHA256:\s*\n((?: .*(?:\n|$))+)/m.exec(release) ?? [];
  return new Map(
    section.split('\n').flatMap((line) => {
      const [hash, , name] = line.trim().split(/\s+/);
      return hash === undefined || name === undefined ? [] : [[name, hash] as const];
    }),
  );
}

/** Checks the signature by gpgv; where there is neither that nor a key, says that it was not. */
async function checkSignature(release: Buffer, label: string, context: ReleaseContext): Promise<void> {
  const keyrings = context.keyring === undefined ? machineKeyrings() : [context.keyring];
  const gpgv = (context.environment.PATH ?? '')
    .split(':')
    .map((each) => join(each, 'gpgv'))
    .find(isProgram);
  if (gpgv === undefined || keyrings.length === 0) {
    const lack = gpgv === undefined ? 'there is no gpgv on PATH' : 'this machine has no keys of archives';
    context.progress(`the signature of ${label} was not checked: ${lack}`);
    return;
  }
  const temporary = await context.scratch.directory();
  try {
    const file = join(temporary.path, 'InRelease');
    await writeFile(file, release);
    await run(gpgv, [...keyrings.flatMap((each) => ['--keyring', each]), file], { env: context.environment });
  } catch (cause) {
    const { stderr } = cause as { stderr?: string };
    if (stderr === undefined) throw cause;
    throw new ElementError({
      code: 'SOURCE',
      message: `the signature of ${label} is not valid:\n${stderr.trim()}`,
      hint: 'set the option `keyring` of `debian` to the keys of this mirror',
      cause,
    });
  } finally {
    await temporary.dispose();
  }
}

function machineKeyrings(): string[] {
  return KEYRINGS.filter((directory) => existsSync(directory)).flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => /^(?:debian|ubuntu)-archive.*\.(?:gpg|pgp)$/.test(name))
      .sort()
      .map((name) => join(directory, name)),
  );
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
