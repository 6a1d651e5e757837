import { basename, join } from 'node:path';
import { ElementError, type Io } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import type { ChosenFile, DistributionFile, DistributionRequest, IndexOffer } from './distribution-file.js';
import type { DistributionFormat } from '../requirements/filename.js';
import { faultError, type IndexFault } from '../tools/index-fault.js';
import { mismatch } from './mismatch.js';
import type { Interpreter } from '../interpreter/interpreter.js';
import { publicAddress } from '../requirements/address.js';
import { normalizeName } from '../requirements/name.js';
import { indexesFor, pinOf } from '../indexes/index-choice.js';
import type { IndexSettings } from '../indexes/index-settings.js';
import { runProgram, withoutCredentials } from '../tools/program.js';
import type { Tools } from '../tools/ensure-tools.js';

const SCRIPT = join(__dirname, 'fetch.py');

/** What querying indexes needs from its caller. */
export interface FetchContext {
  readonly tools: Pick<Tools, 'python'>;
  readonly settings: IndexSettings;
  /** Whom the files are for. */
  readonly interpreter: Pick<Interpreter, 'tags' | 'version' | 'label'>;
  readonly environment: NodeJS.ProcessEnv;
  readonly io: Io;
  /** Told from time to time how many bytes of the files are here. */
  readonly received?: ((bytes: number) => void) | undefined;
}

/** Where to download to, and how. */
export interface DownloadContext extends FetchContext {
  /** A directory that is there, absolute. */
  readonly destination: string;
  /**
   * A directory on the same file system that outlives a run that is interrupted or fails: what was complete is there
   * under its SHA-256 for the next one, and what was not is continued. A run that ends well leaves nothing there. Any
   * number of processes may share it.
   */
  readonly partials?: string;
}

/** A downloaded sdist with the text of its pyproject.toml, absent if it has none, and of each Cargo.lock by its path. */
export interface FetchedSdist extends DistributionFile {
  readonly pyproject?: string;
  readonly cargoLocks: Readonly<Record<string, string>>;
}

type Answer = { readonly request: number } & (
  | {
      readonly error: 'hash';
      readonly filename: string;
      readonly expected: readonly string[];
      readonly got: string | null;
    }
  | { readonly error: 'none' }
  | ({ readonly error: 'fault'; readonly at: string } & IndexFault)
  | { readonly error: 'index'; readonly message: string }
  | {
      readonly error?: never;
      readonly filename: string;
      readonly format: DistributionFormat;
      readonly sha256: string | null;
      readonly sizeBytes?: number;
      readonly path?: string;
      readonly pyproject?: string | null;
      readonly cargoLocks?: Readonly<Record<string, string>>;
      readonly offers?: readonly IndexOffer[];
    }
);

/**
 * Downloads the best file of each request into a directory, several at a time, each checked against its request's
 * hashes. No code of a distribution runs.
 *
 * @returns in the order of `requests`
 * @throws ElementError LOCK_HASH for a file that is not the locked one, FETCH if no index has or gives it; all at once
 */
export async function fetchDistributions(
  requests: readonly DistributionRequest[],
  context: DownloadContext,
): Promise<DistributionFile[]> {
  const { destination, partials } = context;
  const job = { destination, ...(partials === undefined ? {} : { partials }) };
  const answers = await ask(requests, context, job);
  return answers.map((answer) => fileOf(answer));
}

/** Downloads sdists and reads their pyproject.toml and Cargo.lock, running nothing. A request without hashes takes what there is. */
export async function fetchSdists(
  requests: readonly DistributionRequest[],
  context: DownloadContext,
): Promise<FetchedSdist[]> {
  const answers = await ask(requests, context, { destination: context.destination, members: true });
  return answers.map((answer) => ({
    ...fileOf(answer),
    ...(typeof answer.pyproject === 'string' ? { pyproject: answer.pyproject } : {}),
    cargoLocks: answer.cargoLocks ?? {},
  }));
}

/** Downloads a file from a URL, without using indexes. @throws ElementError LOCK_HASH, FETCH */
export async function fetchAddress(
  url: string,
  request: Pick<DistributionRequest, 'name' | 'hashes' | 'origin'>,
  context: DownloadContext,
): Promise<DistributionFile> {
  const wanted = { ...request, version: '', format: 'any', url } as const;
  const [answer] = await ask([wanted], context, { destination: context.destination });
  if (answer === undefined) throw new Error(`no answer for ${publicAddress(url)}`);
  return fileOf(answer);
}

/** Which file {@link fetchDistributions} would download, for each request. */
export async function chooseDistributions(
  requests: readonly DistributionRequest[],
  context: FetchContext,
): Promise<ChosenFile[]> {
  const answers = await ask(requests, context, {});
  return answers.map(({ filename, format, sha256 }) => ({ filename, format, ...(sha256 === null ? {} : { sha256 }) }));
}

/**
 * What each index that a name is looked up on has under it, in the order of `names`.
 *
 * @throws ElementError FETCH for an index, or a page of find-links, that says neither what it has nor that it has nothing
 */
export async function askOffers(names: readonly string[], context: FetchContext): Promise<(readonly IndexOffer[])[]> {
  return await offersOf(
    names.map((name) => ({ name, version: '' })),
    context,
  );
}

/**
 * The SHA-256 (hex) of each version's files, in the order of `versions`: those in find-links and those of the first
 * index that has any; a pinned one's of its index alone. What no page tells is computed.
 */
export async function askHashes(
  versions: readonly Pick<DistributionRequest, 'name' | 'version'>[],
  context: FetchContext,
): Promise<(readonly string[])[]> {
  const answers = await offersOf(versions, context);
  return answers.map((offers) => offers.flatMap(({ files }) => Object.values(files)).filter((hash) => hash !== null));
}

async function offersOf(
  wanted: readonly Pick<DistributionRequest, 'name' | 'version'>[],
  context: FetchContext,
): Promise<(readonly IndexOffer[])[]> {
  const requests = wanted.map((each) => ({
    ...each,
    hashes: [],
    format: 'any' as const,
    pinned: pinOf(normalizeName(each.name), context.settings) !== undefined,
  }));
  const answers = await ask(requests, context, { offers: true });
  return answers.map(({ offers = [] }) => offers);
}

type Found = Extract<Answer, { readonly error?: never }>;

async function ask(
  requests: readonly (DistributionRequest & { readonly url?: string })[],
  { tools, settings: { configured: _configured, ...settings }, interpreter, environment, io, received }: FetchContext,
  job: {
    readonly destination?: string;
    readonly partials?: string;
    readonly members?: boolean;
    readonly offers?: boolean;
  },
): Promise<Found[]> {
  if (requests.length === 0) return [];
  const routed = requests.map((request) => ({
    ...request,
    indexes: indexesFor(normalizeName(request.name), settings),
  }));
  const { PYTHONHOME: _home, PYTHONPATH: _path, ...rest } = environment;
  const result = await runProgram(tools.python, ['-I', SCRIPT], {
    environment: rest,
    signal: io.signal,
    log: io.log,
    onLine: (line) => {
      const bytes = receivedOf(line);
      if (bytes !== undefined) received?.(bytes);
    },
    input: JSON.stringify({
      ...job,
      ...{ settings, requests: routed, tags: interpreter.tags, python: interpreter.version },
    }),
  });
  if (result.code !== 0) throw new Error(`${SCRIPT} ended with ${result.code}: ${result.output}`);
  const answers = result.stdout
    .split('\n')
    .filter((line) => line !== '' && receivedOf(line) === undefined)
    .map((line) => JSON.parse(line) as Answer)
    .sort((a, b) => a.request - b.request);
  const errors: ElementError[] = [];
  const faults = new Map<string, FaultOf[]>();
  const found: Found[] = [];
  for (const [index, request] of requests.entries()) {
    const answer = answers[index];
    if (answer?.request !== index) throw new Error(`${SCRIPT} did not answer request ${index}`);
    if (answer.error === undefined) found.push(answer);
    else if (answer.error === 'fault') {
      // A server that is down causes one error, not one for each request.
      const key = JSON.stringify([answer.kind, answer.at, answer.said]);
      faults.set(key, [...(faults.get(key) ?? []), { answer, request }]);
    } else errors.push(errorOf(answer, request, { words: result.output, settings, label: interpreter.label }));
  }
  throwCollected([...[...faults.values()].flatMap((group) => faultsOf(group)), ...errors]);
  return found;
}

/** What a line tells of the bytes that were received, where it is such a line. */
function receivedOf(line: string): number | undefined {
  const found = /^\{"received": (\d+)\}$/.exec(line);
  return found === null ? undefined : Number(found[1]);
}

interface FaultOf {
  readonly answer: IndexFault & { readonly at: string };
  readonly request: DistributionRequest & { readonly url?: string };
}

function faultsOf(group: readonly FaultOf[]): ElementError[] {
  const [first] = group;
  if (first === undefined) return [];
  const { answer, request } = first;
  const names = [...new Set(group.map((each) => each.request.name))];
  const isFile = request.url !== undefined || /\.(whl|zip|tgz|tar\.[a-z0-9]+)$/i.test(answer.at);
  return [faultError(answer, { what: isFile ? 'file' : 'index', names, origin: request.origin })];
}

const NOUNS = { any: 'a file', wheel: 'a wheel', sdist: 'an sdist' } as const;

function errorOf(
  answer: Exclude<Extract<Answer, { readonly error: string }>, { readonly error: 'fault' }>,
  request: DistributionRequest & { readonly url?: string },
  {
    words,
    settings,
    label,
  }: { readonly words: string; readonly settings: IndexSettings; readonly label?: string | undefined },
): ElementError {
  const what = request.url === undefined ? `${request.name}==${request.version}` : publicAddress(request.url);
  switch (answer.error) {
    case 'hash':
      return new ElementError({
        code: 'LOCK_HASH',
        message: `\`${answer.filename}\` is not the locked file of \`${what}\`: ${mismatch(answer.expected, answer.got)}`,
        origin: request.origin,
        hint: 'if the file was replaced on the index on purpose, run the target `lock` again',
      });
    case 'none':
      return new ElementError({
        code: 'FETCH',
        message: `no index has ${NOUNS[request.format]} of \`${what}\` for ${label ?? 'this interpreter'}`,
        origin: request.origin,
        ...(words === '' ? {} : { detail: words }),
        hint:
          label === undefined
            ? "check the indexes in pip's configuration; if the lock was made on another platform, run the target `lock` on this one"
            : 'its sdist cannot be built for that platform here: exclude the distribution with a marker, or publish a wheel to an index',
      });
    case 'index':
      return new ElementError({
        code: 'FETCH',
        message: withoutCredentials(
          `\`${what}\` cannot be fetched${request.url === undefined ? addresses(request.name, settings) : ''}: ${answer.message}`,
        ),
        origin: request.origin,
        ...(words === '' ? {} : { detail: words }),
      });
    default: {
      const unknown: never = answer;
      throw new Error(`unknown answer: ${JSON.stringify(unknown)}`);
    }
  }
}

function addresses(name: string, settings: IndexSettings): string {
  const urls = indexesFor(normalizeName(name), settings);
  return urls.length === 0 ? '' : ` from \`${urls.join('`, `')}\``;
}

function fileOf(answer: Found): DistributionFile {
  const { filename, format, sha256, sizeBytes, path } = answer;
  if (sha256 === null || sizeBytes === undefined || path === undefined) {
    throw new Error(`${SCRIPT} did not return the path of ${filename}`);
  }
  return { filename: basename(filename), format, sha256, sizeBytes, path };
}
