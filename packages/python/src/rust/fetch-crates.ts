import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElementError, type Io } from '@wheelhouse/element';
import { crateFilename, type Crate } from '../lockfile/crate.js';
import { findRust, rustPrograms } from './rust-toolchain.js';
import { faultError, faultInWords, type FaultKind } from '../tools/index-fault.js';
import { runProgram, withoutCredentials } from '../tools/program.js';

/** What downloading crates needs from its caller. */
export interface CrateFetchContext {
  /** Where cargo's own settings are found: `CARGO_HOME`, or `HOME`. */
  readonly environment: NodeJS.ProcessEnv;
  /** A private directory to download to, absolute. */
  readonly temporary: string;
  readonly io: Io;
}

/** A user's settings of cargo: mirrors, other registries, and what these ask for. */
const SETTINGS = ['config.toml', 'config', 'credentials.toml', 'credentials'];

/**
 * Downloads crates by this machine's cargo with its user's settings, and checks them. Cargo is given a package that is
 * made here and requires exactly these crates; of the project that they are for it sees nothing, neither manifest nor
 * `.cargo/config.toml` nor `rust-toolchain.toml`, and it compiles nothing (docs/adr/0028).
 *
 * @returns absolute paths, in the order of `crates`
 * @throws ElementError FETCH with cargo's message, LOCK_HASH for a file that is not the locked one, TOOLCHAIN
 */
export async function fetchCrates(crates: readonly Crate[], context: CrateFetchContext): Promise<string[]> {
  const { environment, temporary, io } = context;
  const [home, directory] = [join(temporary, 'cargo-home'), join(temporary, 'crates')];
  await mkdir(home, { recursive: true });
  await mkdir(directory, { recursive: true });
  const users = environment.CARGO_HOME ?? join(environment.HOME ?? '/', '.cargo');
  for (const name of SETTINGS) {
    if (existsSync(join(users, name))) await symlink(join(users, name), join(home, name));
  }
  await writeFile(join(directory, 'Cargo.toml'), manifestOf(crates));
  await writeFile(join(directory, 'Cargo.lock'), lockOf(crates));
  await writeFile(join(directory, 'lib.rs'), '');
  const rust = await findRust(environment, 'crates to fetch');
  const { code, output } = await runProgram(join(rustPrograms(rust), 'cargo'), ['fetch', '--color', 'never'], {
    environment: { ...environment, CARGO_HOME: home },
    cwd: directory,
    signal: io.signal,
    log: io.log,
  });
  if (code !== 0) {
    const message = `cargo cannot fetch ${crates.length === 1 ? 'a crate' : `${crates.length} crates`}`;
    const fault = faultInWords(output);
    const because = fault === undefined ? undefined : faultError(fault, { what: 'registry', names: [] }).reason;
    throw new ElementError({
      code: 'FETCH',
      message: because === undefined ? message : `${because}: ${message}`,
      detail: withoutCredentials(output),
      hint: hintOf(fault?.kind),
    });
  }
  const caches = join(home, 'registry', 'cache');
  const places = existsSync(caches) ? readdirSync(caches).map((name) => join(caches, name)) : [];
  return crates.map((crate) => checked(crate, places));
}

/** What to do about a fault of a registry. https://doc.rust-lang.org/cargo/reference/config.html#http */
function hintOf(kind: FaultKind | undefined): string {
  switch (kind) {
    case 'dns':
    case 'refused':
    case 'network':
    case 'timeout':
      return "check that this machine is online, and whether it needs a proxy (`HTTPS_PROXY`, or cargo's `http.proxy`)";
    case 'proxy':
      return "add the user name and password to the proxy's URL (`HTTPS_PROXY`, or cargo's `http.proxy`), or exclude the host with `NO_PROXY`";
    case 'tls':
      return "set cargo's `http.cainfo` (the variable `CARGO_HTTP_CAINFO`) to the certificates of your organisation";
    case 'denied':
      return 'log in with `cargo login`';
    case 'offline':
      return 'unset `CARGO_NET_OFFLINE`';
    default:
      return "check the registries in cargo's configuration";
  }
}

function checked(crate: Crate, places: readonly string[]): string {
  const found = places.map((place) => join(place, crateFilename(crate))).filter((path) => existsSync(path));
  const digests = found.map((path) => `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`);
  const right = found[digests.indexOf(crate.checksum)];
  if (right !== undefined) return right;
  const got = digests[0] === undefined ? 'nothing' : `\`${digests[0]}\``;
  throw new ElementError({
    code: 'LOCK_HASH',
    message: `\`${crateFilename(crate)}\` is not the locked file: expected \`${crate.checksum}\`, got ${got}`,
  });
}

function manifestOf(crates: readonly Crate[]): string {
  const requirements = crates.map(({ name, version, registry }, index) => {
    // Build metadata is no part of a requirement.
    const fields = [`package = "${name}"`, `version = "=${version.split('+')[0] ?? ''}"`, 'default-features = false'];
    if (registry !== undefined) fields.push(`registry-index = "${registry.replace(/^registry\+/, '')}"`);
    return `c${index} = { ${fields.join(', ')} }\n`;
  });
  return `[package]\nname = "${SELF}"\nversion = "0.0.0"\nedition = "2018"\n[lib]\npath = "lib.rs"\n[workspace]\n[dependencies]\n${requirements.join('')}`;
}

/** Names every crate, so that cargo takes it although it may have been withdrawn since. */
function lockOf(crates: readonly Crate[]): string {
  const own = crates.filter(({ registry }) => registry === undefined);
  const packages = own.map(
    ({ name, version, checksum }) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "${OWN_REGISTRY}"\nchecksum = "${checksum.slice('sha256:'.length)}"\n`,
  );
  const self = `[[package]]\nname = "${SELF}"\nversion = "0.0.0"\ndependencies = [\n${own
    .map(({ name, version }) => ` "${name} ${version}",\n`)
    .join('')}]\n`;
  return `version = 3\n\n${[...packages, self].join('\n')}`;
}

const SELF = 'wheelhouse-fetched-crates';
/** What a Cargo.lock calls cargo's own registry, whichever mirror it is asked through (cargo reference: Cargo.lock). */
const OWN_REGISTRY = `registry+https://github.com/rust-lang/${['crates', 'io-index'].join('.')}`;
