import { ElementError } from '@wheelhouse/element';
import type { Lock, LockEntry, LockKind, VendoredFile } from './lock.js';
import { normalizeName } from '../requirements/name.js';
import { parseCrate, type Crate } from './crate.js';
import { parseMarker } from '../requirements/requirement.js';

const KINDS: readonly string[] = ['test', 'runtime', 'build', 'tools'] satisfies readonly LockKind[];
const AGAIN = 'locks are written only by the target `lock`: run it again';
const HASH = /^sha256:[0-9a-f]{64}$/;
const ENTRY = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*==\s*([A-Za-z0-9][A-Za-z0-9.!+_-]*)\s*(?:;\s*(.*))?$/;

/** The lines that git leaves where a merge was not resolved. */
const CONFLICT = /^(?:(?:<{7}|>{7}|\|{7})(?: .*)?|={7})$/;

/**
 * The text of a lock as `lock` writes it: without the byte order mark and the carriage returns that editors and git's
 * `core.autocrlf` put in.
 */
export function plainText(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

/**
 * Reads a lock file. Line ends and a byte order mark make no difference.
 *
 * @param file what errors and origins call it
 * @param command the command that writes it
 * @throws ElementError LOCK_INVALID if the text is not what `lock` writes
 */
export function parseLock(text: string, file: string, command = ''): Lock {
  const lines = plainText(text).split('\n');
  try {
    return readLock(lines, file);
  } catch (error) {
    if (!(error instanceof ElementError) || error.origin?.file !== file || command === '') throw error;
    const { code, reason: message, origin, hint } = error;
    throw new ElementError({ code, message, origin, hint: hint === AGAIN ? `run \`${command}\`` : hint, cause: error });
  }
}

function readLock(lines: readonly string[], file: string): Lock {
  const conflict = lines.findIndex((line) => CONFLICT.test(line));
  if (conflict >= 0) {
    throw new ElementError({
      code: 'LOCK_INVALID',
      message: `\`${lines[conflict] ?? ''}\` is a git conflict marker: the merge is not resolved`,
      origin: { file, line: conflict + 1, column: 0 },
      hint: 'take the locks of one side, for example with `git checkout --ours`, and run the target `lock`',
    });
  }
  const header = new Map<string, string[]>();
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('#')) break;
    if (index === 0) continue;
    const match = /^# ([a-z ]+): (.*)$/.exec(line);
    if (match?.[1] === undefined) throw invalid(file, index, `\`${line}\` is not a line of a lock's header`);
    header.set(match[1], [...(header.get(match[1]) ?? []), match[2] ?? '']);
  }
  if (lines[0] !== '# wheelhouse lock 1') throw invalid(file, 0, 'the first line is not `# wheelhouse lock 1`');
  const one = (key: string): string => {
    const [value, second] = header.get(key) ?? [];
    if (value === undefined) throw invalid(file, 0, `the header has no \`${key}\``);
    if (second !== undefined) throw invalid(file, 0, `the header has \`${key}\` twice`);
    return value;
  };
  const crate = (line: string): Crate => {
    const parsed = parseCrate(line);
    if (parsed === undefined) throw invalid(file, 0, `\`${line}\` is not a locked crate`);
    return parsed;
  };
  const kind = one('kind');
  if (!KINDS.includes(kind)) throw invalid(file, 0, `\`${kind}\` is not a kind of lock`);
  const resolve = header.get('resolve')?.[0];
  return {
    file,
    kind: kind as LockKind,
    distribution: one('distribution'),
    ...(resolve === undefined ? {} : { resolve }),
    python: one('python'),
    uv: one('uv'),
    requirementsDigest: one('requirements'),
    requirements: header.get('requirement') ?? [],
    ...(header.has('extra requirement') ? { extraRequirements: header.get('extra requirement') ?? [] } : {}),
    hookRequirements: header.get('hook requirement') ?? [],
    ...(header.has('constraint') ? { constraints: header.get('constraint') ?? [] } : {}),
    ...(header.has('prereleases') ? { prereleases: one('prereleases') } : {}),
    ...(header.has('setting') ? { settings: header.get('setting') ?? [] } : {}),
    ...(header.has('machine setting') ? { machineSettings: header.get('machine setting') ?? [] } : {}),
    ...(header.has('vendored')
      ? { vendored: (header.get('vendored') ?? []).map((line) => parseVendored(line, file)) }
      : {}),
    ...(header.has('no binary') ? { noBinary: true } : {}),
    ...(header.has('bootstrap') ? { bootstrap: header.get('bootstrap') ?? [] } : {}),
    ...(header.has('crate') ? { crates: (header.get('crate') ?? []).map(crate) } : {}),
    entries: parseEntries(lines, file),
  };
}

function parseVendored(line: string, lock: string): VendoredFile {
  const [, file, from, at] = /^([^/\s]+) from (\S+)(?: at (\S+))?$/.exec(line) ?? [];
  if (file === undefined || from === undefined) {
    throw invalid(lock, 0, `the header's \`${line}\` is not \`FILE from ADDRESS at COMMIT\``);
  }
  return { file, from, ...(at === undefined ? {} : { at }) };
}

/**
 * The entries of a requirements file with hashes, such as uv and `lock` write.
 *
 * @param bare whether an entry may have no hash, as some of uv's have
 * @throws ElementError LOCK_INVALID
 */
export function parseEntries(lines: readonly string[], file: string, bare = false): LockEntry[] {
  const entries: LockEntry[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const first = index;
    let line = lines[index] ?? '';
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const parts: string[] = [];
    while (line.endsWith('\\') && index + 1 < lines.length) {
      parts.push(line.slice(0, -1).trim());
      index += 1;
      line = lines[index] ?? '';
    }
    parts.push(line.trim());
    const entry = parseEntry(parts, file, first);
    if (entry.hashes.length === 0 && !bare) {
      throw invalid(file, first, `\`${entry.normalizedName}==${entry.version}\` has no hash`);
    }
    entries.push(entry);
  }
  return entries;
}

function parseEntry(parts: readonly string[], file: string, index: number): LockEntry {
  const [head = '', ...options] = parts;
  const match = ENTRY.exec(head);
  const [, name, version, marker] = match ?? [];
  if (name === undefined || version === undefined) {
    throw invalid(file, index, `\`${head}\` is not a locked distribution such as \`name==1.0\``);
  }
  const origin = { file, line: index + 1, column: 0 };
  const hashes = options.map((option, at) => {
    const hash = option.startsWith('--hash=') ? option.slice('--hash='.length) : '';
    if (!HASH.test(hash)) throw invalid(file, index + 1 + at, `\`${option}\` is not a \`--hash=sha256:...\``);
    return hash;
  });
  return {
    normalizedName: normalizeName(name),
    version,
    ...(marker === undefined ? {} : { marker: parseMarker(marker.trim(), origin) }),
    hashes: hashes.sort(),
    origin,
  };
}

function invalid(file: string, index: number, message: string): ElementError {
  return new ElementError({
    code: 'LOCK_INVALID',
    message,
    origin: { file, line: index + 1, column: 0 },
    hint: AGAIN,
  });
}
