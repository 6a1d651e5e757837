import { ElementError } from '@wheelhouse/element';
import {
  buildFloors,
  type ProjectMetadata,
  type Interpreter,
  formatRequirement,
  parseRequirement,
  type Requirement,
} from '@wheelhouse/python/internal';
import { chooseDistributions, fetchSdists, type FetchContext, type FetchedSdist } from '@wheelhouse/python/fetch';
import {
  questionDigest,
  requirementLines,
  sdistKey,
  type Lock,
  type LockEntry,
  select,
  usesCargo,
  type Crate,
} from '@wheelhouse/python/lockfile';
import { type SdistMetadata, DEFAULT_BUILD_REQUIREMENT, TomlFile } from '@wheelhouse/python/metadata';
import { cargoLockMissing, cargoLocks, mergeCrates, parseCargoLock } from '@wheelhouse/python/rust';
import { BuildCycle } from './build-cycle.js';
import type { HookRunner, SdistFile } from '../hooks/hook-runner.js';
import type { AskedBackends, Resolver } from './resolver.js';
import { restrictToHashes } from './hash-restriction.js';

/** What build locks are made with. */
export interface BuildLockServices {
  readonly hooks: HookRunner;
  readonly interpreter: Interpreter;
  readonly fetch: FetchContext;
  /** Where sdists are downloaded to. */
  readonly downloads: string;
  /** Names of the workspace's projects, never asked of an index. */
  readonly locals: ReadonlySet<string>;
  /** Names of those that a project's wheel is built with: what its backend asks for of them is there. */
  builtWith(project: ProjectMetadata): ReadonlySet<string>;
  /** Names of distributions that are built from their sdists although there are wheels. */
  readonly noBinary: ReadonlySet<string>;
  readonly uvVersion: string;
  /** What an sdist, by `name==version`, was built with so far: versions that are kept if they still fit. */
  previous(sdist: string): readonly LockEntry[];
  /** What distributions are built with although they do not declare it, by their normalised names. */
  readonly extra: ReadonlyMap<string, readonly Requirement[]>;
  /** Which versions may be, in all build locks. */
  readonly constraints?: readonly Requirement[] | undefined;
  readonly prereleases?: string | undefined;
  /** Additional settings of uv. */
  readonly settings?: readonly string[] | undefined;
  /** What the machine tells uv, before those. */
  readonly machine?: readonly string[] | undefined;
}

/** An sdist, and what was read out of it. */
type FetchedSdistFile = SdistFile & FetchedSdist;

type Name = Pick<LockEntry, 'normalizedName' | 'version'>;

/**
 * The build locks of one lock run: for each distribution that is built from source, what its build needs, closed under
 * its backend's `get_requires_for_build_wheel` and under the builds of those requirements in turn.
 */
export class BuildLocks implements AskedBackends {
  private readonly sdists = new Map<string, Promise<FetchedSdistFile>>();
  private readonly locks = new Map<string, Lock>();
  private readonly formats = new Map<string, 'wheel' | 'sdist'>();
  private readonly open: string[] = [];
  private resolver: Pick<Resolver, 'resolve'> | undefined;

  constructor(private readonly services: BuildLockServices) {}

  /** The resolver asks for metadata here, and is asked for build requirements: the two are made for each other. */
  connect(resolver: Pick<Resolver, 'resolve'>): void {
    this.resolver = resolver;
  }

  /** By `name==version`: every sdist's that was needed so far. */
  get all(): ReadonlyMap<string, Lock> {
    return this.locks;
  }

  /** The metadata that only the backend of an sdist knows. */
  async metadata(sdist: { readonly name: string; readonly version: string }, python: string): Promise<SdistMetadata> {
    const name = { normalizedName: sdist.name, version: sdist.version };
    const lock = await this.ofSdist(name, python);
    return await this.services.hooks.metadata(await this.sdist(name), lock, this.locks);
  }

  /** Takes a file that no index is queried for: an sdist that is here, or a wheel by its name and version. */
  provide(file: FetchedSdistFile | Name, format: 'wheel' | 'sdist'): void {
    const key = sdistKey(file);
    this.formats.set(key, format);
    if ('path' in file) this.sdists.set(key, Promise.resolve(file));
  }

  /**
   * Makes the build lock of every entry that this interpreter has no wheel for, or that is to be built all the same.
   *
   * @returns entries, as `name==version`, whose wheels are taken because their builds lead back to one that is open
   */
  async ofEntries(entries: readonly LockEntry[], python: string): Promise<string[]> {
    const applying = select({ entries }, this.services.interpreter.markers);
    await this.chooseFormats(applying);
    const bootstrap: string[] = [];
    for (const entry of applying) {
      const key = sdistKey(entry);
      const hasWheel = this.formats.get(key) === 'wheel';
      if (hasWheel && !this.services.noBinary.has(entry.normalizedName)) continue;
      try {
        await this.ofSdist(entry, python, entry.hashes);
      } catch (error) {
        // Only a cycle that leads out of this entry's own build is broken here.
        if (!(error instanceof BuildCycle) || !hasWheel || !this.open.includes(error.start)) throw error;
        bootstrap.push(key);
      }
    }
    return bootstrap;
  }

  /** The build lock of an sdist. @throws BuildCycle where its build needs itself */
  async ofSdist(name: Name, python: string, hashes: readonly string[] = []): Promise<Lock> {
    const key = sdistKey(name);
    const known = this.locks.get(key);
    if (known !== undefined) return known;
    if (this.open.includes(key)) throw new BuildCycle([...this.open.slice(this.open.indexOf(key)), key]);
    this.open.push(key);
    try {
      const sdist = await this.sdist(name, hashes);
      const extra = this.services.extra.get(name.normalizedName) ?? [];
      const marked = (made: Lock): Lock => ({
        ...made,
        ...(this.services.noBinary.has(name.normalizedName) ? { noBinary: true } : {}),
        ...(extra.length === 0 ? {} : { extraRequirements: requirementLines(extra) }),
        ...(usesCargo(made) ? { crates: cratesOf(sdist) } : {}),
      });
      const closed = await this.close(
        key,
        [...buildRequirements(sdist), ...extra],
        python,
        this.services.previous(key),
        (made) => this.services.hooks.buildRequires({ sdist }, marked(made), this.locks),
      );
      const lock = marked(closed);
      this.locks.set(key, lock);
      return lock;
    } finally {
      this.open.pop();
    }
  }

  /** The build lock of a project. */
  async ofProject(
    project: ProjectMetadata,
    requirements: readonly Requirement[],
    python: string,
    preferences: readonly LockEntry[],
  ): Promise<Lock> {
    const local = this.services.builtWith(project);
    return await this.close(project.normalizedName, requirements, python, preferences, async (made) => {
      const asked = await this.services.hooks.buildRequires({ project }, made, this.locks);
      return asked.filter((line) => !local.has(parseRequirement(line).normalizedName));
    });
  }

  private async close(
    distribution: string,
    requirements: readonly Requirement[],
    projectPython: string,
    preferences: readonly LockEntry[],
    hook: (lock: Lock) => Promise<readonly string[]>,
  ): Promise<Lock> {
    if (this.resolver === undefined) throw new Error('build locks without a resolver');
    const fixed = requirementLines(requirements);
    const { prereleases, settings = [], machine = [] } = this.services;
    const constraints = requirementLines(this.services.constraints ?? []);
    let asked: Requirement[] = [];
    let [python, ...narrower] = buildFloors(projectPython, this.services.interpreter.version);
    for (;;) {
      const all = [...requirements, ...asked];
      this.refuseLocals(all, distribution);
      let resolved: readonly LockEntry[];
      try {
        resolved = await this.resolver.resolve({
          what: `the build requirements of \`${distribution}\``,
          requirements: all,
          constraints,
          prereleases,
          settings,
          machine,
          python,
          preferences,
        });
      } catch (error) {
        const [next, ...rest] = narrower;
        if (next === undefined || !isUnresolvable(error)) throw error;
        [python, narrower] = [next, rest];
        continue;
      }
      const entries = restrictToHashes(resolved, [...all, ...(this.services.constraints ?? [])]);
      const bootstrap = await this.ofEntries(entries, python);
      const question = {
        kind: 'build',
        distribution,
        python,
        requirements: fixed,
        hookRequirements: requirementLines(asked).filter((line) => !fixed.includes(line)),
        ...(constraints.length === 0 ? {} : { constraints }),
        ...(prereleases === undefined ? {} : { prereleases }),
        ...(settings.length === 0 ? {} : { settings }),
        ...(machine.length === 0 ? {} : { machineSettings: machine }),
      } as const;
      const lock: Lock = {
        ...question,
        file: `the build lock of ${distribution}`,
        uv: this.services.uvVersion,
        requirementsDigest: questionDigest(question),
        ...(bootstrap.length === 0 ? {} : { bootstrap }),
        entries,
      };
      const known = new Set(all.map(formatRequirement));
      const answered = (await hook(lock)).map((text) => parseRequirement(text));
      if (answered.every((requirement) => known.has(formatRequirement(requirement)))) return lock;
      asked = [...asked, ...answered];
    }
  }

  private async chooseFormats(entries: readonly LockEntry[]): Promise<void> {
    const unknown = entries.filter((entry) => !this.formats.has(sdistKey(entry)));
    const chosen = await chooseDistributions(
      unknown.map((entry) => ({
        name: entry.normalizedName,
        version: entry.version,
        hashes: entry.hashes,
        format: 'any',
      })),
      this.services.fetch,
    );
    for (const [index, entry] of unknown.entries()) this.formats.set(sdistKey(entry), chosen[index]?.format ?? 'wheel');
  }

  private refuseLocals(requirements: readonly Requirement[], distribution: string): void {
    const local = requirements.find((requirement) => this.services.locals.has(requirement.normalizedName));
    if (local === undefined) return;
    throw new ElementError({
      code: 'RESOLUTION',
      message: `the build requirements of \`${distribution}\` include \`${formatRequirement(local)}\`, a project of this workspace`,
      origin: local.origin,
      hint: 'projects of the workspace are never taken from an index: list those that a project is built with in its `build-system.requires`',
    });
  }

  private sdist(name: Name, hashes: readonly string[] = []): Promise<FetchedSdistFile> {
    const key = sdistKey(name);
    const known = this.sdists.get(key);
    if (known !== undefined) return known;
    const fetched = this.fetchSdist(name, hashes);
    this.sdists.set(key, fetched);
    return fetched;
  }

  private async fetchSdist(name: Name, hashes: readonly string[]): Promise<FetchedSdistFile> {
    const { normalizedName, version } = name;
    const request = { name: normalizedName, version, hashes, format: 'sdist' } as const;
    const [file] = await fetchSdists([request], { ...this.services.fetch, destination: this.services.downloads });
    if (file === undefined) throw new Error(`no answer for the sdist of ${normalizedName}`);
    return {
      ...file,
      name: normalizedName,
      normalizedName,
      version,
      hashes: [`sha256:${file.sha256}`],
      origin: { file: file.filename, line: 1, column: 0 },
    };
  }
}

/** Whether fewer Pythons may have an answer: with them versions go whose backends fail on the one that builds. */
function isUnresolvable(error: unknown): boolean {
  if (!(error instanceof ElementError) || error instanceof BuildCycle) return false;
  return error.code === 'RESOLUTION' || error.code === 'COMMAND_FAILED';
}

/** The crates of an sdist's Cargo.lock. @throws ElementError LOCK_MISSING, LOCK_INVALID */
function cratesOf({ filename, cargoLocks: texts }: FetchedSdistFile): Crate[] {
  const names = cargoLocks(Object.keys(texts));
  if (names.length === 0) throw cargoLockMissing(filename);
  return mergeCrates(names.map((name) => parseCargoLock(texts[name] ?? '', `${filename}/${name}`)));
}

/** `build-system.requires` of an sdist, and setuptools if it has none (PEP 517, PEP 518). */
function buildRequirements(sdist: FetchedSdistFile): Requirement[] {
  const file = `${sdist.filename}/pyproject.toml`;
  const table =
    sdist.pyproject === undefined ? undefined : TomlFile.parse(sdist.pyproject, file).tableAt('build-system');
  if (table === undefined) return [parseRequirement(DEFAULT_BUILD_REQUIREMENT)];
  const requires: unknown = table.requires;
  if (!Array.isArray(requires)) return [parseRequirement(DEFAULT_BUILD_REQUIREMENT)];
  return requires.map((text: unknown) => parseRequirement(String(text), { file, line: 1, column: 0 }));
}
