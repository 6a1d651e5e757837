import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MarkerEnvironment } from '@wheelhouse/python/internal';
import { crateFilename, type Crate } from '@wheelhouse/python/lockfile';
import { temporaryDirectory } from '@wheelhouse/python/testing';
import {
  type TestRecord,
  PROVENANCE,
  provenanceOf,
  REQUIREMENTS,
  SBOM,
  sbomText,
  statementText,
  TEST_RESULT,
  testResultOf,
  withSbom,
  type WheelDescription,
} from '@wheelhouse/python-stage/wheelhouse';

/** A wheel to be made; see make_wheels.py. */
export interface WheelSpec {
  readonly name: string;
  readonly version: string;
  /** Lines of its METADATA beside name and version. */
  readonly metadata?: readonly string[];
  readonly tag?: string;
}

/** An environment that nothing here depends on. */
export const LINUX: MarkerEnvironment = {
  os_name: 'posix',
  sys_platform: 'linux',
  platform_machine: 'x86_64',
  platform_python_implementation: 'CPython',
  platform_release: '6.1',
  platform_system: 'Linux',
  platform_version: '1',
  python_version: '3.12',
  python_full_version: '3.12.1',
  implementation_name: 'cpython',
  implementation_version: '3.12.1',
};

export const SNAPSHOT = `sha256:${'5'.repeat(64)}/100`;

/** Writes wheels. @param directory absolute, there already */
export function makeWheels(directory: string, specs: readonly WheelSpec[]): void {
  execFileSync('python3', [join(__dirname, 'make_wheels.py'), directory, JSON.stringify(specs)]);
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** A wheelhouse with all that belongs to it, made by hand of real wheels; the first one is the project's. */
export class WheelhouseMaker {
  /** `<base>/dist/app/wheelhouse`. */
  readonly directory: string;
  readonly base: string = temporaryDirectory();

  constructor(
    private readonly specs: readonly WheelSpec[],
    /** What the first of them was built with by cargo. */
    private readonly crates: readonly Crate[] = [],
  ) {
    this.directory = join(this.base, 'dist', 'app', 'wheelhouse');
    mkdirSync(this.directory, { recursive: true });
    makeWheels(this.directory, specs);
    this.describe();
  }

  get wheels(): string[] {
    return readdirSync(this.directory).filter((name) => name.endsWith('.whl'));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** A wheel's file. */
  fileOf(name: string): string {
    const found = this.wheels.find((file) => file.startsWith(`${name.replaceAll('-', '_').toLowerCase()}-`));
    if (found === undefined) throw new Error(`there is no wheel of ${name}`);
    return found;
  }

  descriptions(): WheelDescription[] {
    return this.specs.map(({ name, version, metadata = [] }) => {
      const file = this.fileOf(name);
      const field = (key: string): string[] =>
        metadata.flatMap((line) => (line.startsWith(`${key}: `) ? [line.slice(key.length + 2)] : []));
      const [expression] = field('License-Expression');
      return {
        file,
        sha256: sha256(this.path(file)),
        name,
        normalizedName: name.toLowerCase(),
        version,
        requiresDist: field('Requires-Dist'),
        licence: { classifiers: [], ...(expression === undefined ? {} : { expression }) },
      };
    });
  }

  /** Writes requirements, bill of materials, provenance and manifest as the wheels are now. */
  describe(): void {
    const [own] = this.specs;
    const wheels = this.descriptions();
    const requirements = wheels
      .map((wheel) => `${wheel.normalizedName}==${wheel.version} \\\n    --hash=sha256:${wheel.sha256}\n`)
      .join('');
    const crates = new Map([[own?.name ?? '', this.crates]]);
    const sbom = sbomText({ wheels, project: own?.name ?? '', markers: LINUX, version: '1.0', crates });
    writeFileSync(this.path(REQUIREMENTS), requirements);
    writeFileSync(this.path(SBOM), sbom);
    const python = { implementation: 'cpython', version: '3.12.1', soabi: 'cpython-312', identity: '7'.repeat(64) };
    const rust = { version: '1.84.0', identity: '9'.repeat(64) };
    const toolchain = { ...python, ...(this.crates.length === 0 ? {} : { rust }) };
    const uses = [
      ...wheels.slice(1).map((wheel) => ({ path: wheel.file, sha256: wheel.sha256 })),
      ...this.crates.map((crate) => ({ path: crateFilename(crate), sha256: crate.checksum.slice('sha256:'.length) })),
    ];
    const statement = provenanceOf({
      project: own?.name ?? '',
      version: '1.0',
      formats: ['wheel'],
      frontend: 'hook',
      markers: LINUX,
      toolchain,
      elementKey: 'e'.repeat(64),
      wheels: wheels.map((wheel, index) => ({
        path: wheel.file,
        sha256: wheel.sha256,
        origin: index === 0 ? 'project' : 'snapshot',
      })),
      sources: [{ root: 'app', digest: `sha256:${'4'.repeat(64)}/50` }],
      helpers: `sha256:${'6'.repeat(64)}/60`,
      snapshot: SNAPSHOT,
      locks: [],
      uses,
      byproducts: [{ path: REQUIREMENTS, sha256: sha256(this.path(REQUIREMENTS)) }],
    });
    writeFileSync(this.path(PROVENANCE), statementText(withSbom(statement, sha256(this.path(SBOM)))));
    const files = readdirSync(this.directory).map((name) => ({
      path: `wheelhouse/${name}`,
      sha256: sha256(this.path(name)),
    }));
    const manifest = {
      project: own?.name,
      version: own?.version,
      files,
      elementKey: 'e'.repeat(64),
      sourceDigest: `sha256:${'4'.repeat(64)}/50`,
      snapshotDigest: SNAPSHOT,
      uses,
      toolchain,
    };
    writeFileSync(this.path('../manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  }

  /** Writes the record of tests of the project's wheel, as it is now unless `more` says otherwise. */
  test(more: Partial<TestRecord> = {}): void {
    const [own] = this.specs;
    const file = this.fileOf(own?.name ?? '');
    const record: TestRecord = {
      wheel: { path: `wheel/${file}`, sha256: sha256(this.path(file)) },
      snapshotDigest: SNAPSHOT,
      uses: this.descriptions()
        .slice(1)
        .map(({ file: path, sha256: hash }) => ({ path, sha256: hash })),
      testSourceDigest: `sha256:${'8'.repeat(64)}/80`,
      passed: 3,
      failed: 0,
      skipped: 1,
      hermetic: true,
      ...more,
    };
    const reports = join(this.base, 'reports', 'app');
    mkdirSync(reports, { recursive: true });
    writeFileSync(join(reports, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
    writeFileSync(join(reports, TEST_RESULT), statementText(testResultOf(record)));
  }

  /** Replaces a text that a file has once. */
  edit(name: string, from: string, to: string): void {
    const parts = readFileSync(this.path(name), 'utf8').split(from);
    if (parts.length !== 2) throw new Error(`${name} has \`${from}\` ${parts.length - 1} times`);
    writeFileSync(this.path(name), parts.join(to));
  }
}
