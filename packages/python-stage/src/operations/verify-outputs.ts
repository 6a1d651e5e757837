import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import {
  captureTree,
  digestOf,
  digestOnlyBlobs,
  formatDigest,
  namesIn,
  readBlob,
  VerifyingBlobStore,
  type BuildSession,
} from '@wheelhouse/element/internal';
import { parseWheelName } from '@wheelhouse/python/internal';
import { readReport, type TestCounts } from '../reports/junit.js';
import type { FileDigest, Manifest, TestRecord } from '../wheelhouse/manifest.js';
import {
  outputsOf,
  planClosure,
  toolchainFacts,
  usedFiles,
  type Operation,
  type PlannedClosure,
} from '../workspace/operation.js';
import { openPlan } from '../workspace/python-engine.js';
import { readManifest, readRecord, type DocumentPlace } from '../wheelhouse/read-manifest.js';
import { sourceDigestOf } from './source-digest.js';
import { filesOf } from '../workspace/tree-files.js';
import { MANIFEST, RECORD, TEST_RESULT } from '../wheelhouse/layout.js';
import { ownFile } from '../wheelhouse/own-file.js';
import { statementText } from '../wheelhouse/statement.js';
import { testResultOf } from '../wheelhouse/test-result.js';

/** Something that is not what a manifest or record says. */
export interface Finding {
  /** Relative to the workspace: `dist/<root>/manifest.json` or `reports/<root>/record.json`. */
  readonly file: string;
  /** The member, such as `files[0].sha256`. */
  readonly member: string;
  readonly recorded: string;
  readonly computed: string;
}

/** What {@link verifyOutputs} looked at. */
export interface Verification {
  readonly findings: readonly Finding[];
  /** How many members were computed anew. */
  readonly checked: number;
}

/**
 * Computes every member of `manifest.json` and `record.json` anew but `hermetic`, which nothing on disk tells: files,
 * snapshot and sources from their bytes, keys and toolchain from the project as it is now, and compares.
 *
 * @throws ElementError ARTIFACT if there is no manifest
 */
export async function verifyOutputs(operation: Operation): Promise<Verification> {
  return await new Verifier(operation).run();
}

/** A snapshot as its bytes say. */
interface SnapshotOnDisk {
  readonly digest: string;
  readonly files: readonly FileDigest[];
}

/** What a manifest's or record's members are computed from. `used`: the elements whose files `uses` lists. */
interface CheckContext {
  readonly session: BuildSession;
  readonly onDisk: SnapshotOnDisk;
  readonly used: readonly string[];
}

class Verifier {
  private readonly findings: Finding[] = [];
  private checked = 0;

  constructor(private readonly operation: Operation) {}

  async run(): Promise<Verification> {
    const { dist, reports } = outputsOf(this.operation);
    const manifest = await readManifest(this.place(join(dist, MANIFEST), 'build-wheel'));
    const closure = await planClosure(this.operation);
    const { own, plan } = closure;
    const test = await readRecord(this.place(join(reports, RECORD), 'test'));
    const [wheel, snapshot] = [plan.wheel(own), plan.snapshot(own)];
    const targets = [
      wheel,
      snapshot,
      ...closure.all.map((each) => plan.wheel(each)),
      ...plan.wheelsOf(own.locks.runtime, own),
    ];
    const tested = test === undefined ? undefined : await planClosure(this.operation, 'test');
    const testName = tested === undefined ? undefined : plan.test(own, tested.local);
    const session = await openPlan(this.operation.workspace, this.operation.engine, {
      plan,
      targets: [...new Set([...targets, ...(testName === undefined ? [] : [testName])])],
      projects: (tested ?? closure).all,
    });
    const onDisk = await this.snapshot(session, snapshot);
    const built = targets.filter((each) => each !== snapshot);
    await this.verifyManifest(manifest, closure, { session, onDisk, used: built });
    if (test !== undefined && testName !== undefined) {
      await this.verifyRecord(test, manifest, { session, onDisk, used: [testName] });
    }
    return { findings: this.findings, checked: this.checked };
  }

  private async verifyManifest(
    manifest: Manifest,
    closure: PlannedClosure,
    { session, onDisk, used }: CheckContext,
  ): Promise<void> {
    const { dist } = outputsOf(this.operation);
    const file = this.relative(join(dist, MANIFEST));
    const { own, plan } = closure;
    const element = session.element(plan.wheel(own));
    const [wheel] = manifest.files;
    this.compare(file, 'project', manifest.project, own.metadata.name);
    this.compare(
      file,
      'version',
      manifest.version,
      wheel === undefined ? '' : parseWheelName(wheel.path.slice('wheel/'.length)).version,
    );
    await this.compareFiles(file, 'files', manifest.files, dist);
    this.compare(
      file,
      'files',
      manifest.files
        .map(({ path }) => path)
        .sort()
        .join(' '),
      this.listed(dist).join(' '),
    );
    this.compare(file, 'elementKey', manifest.elementKey, session.keys.key(element));
    this.compare(file, 'sourceDigest', manifest.sourceDigest, sourceDigestOf(element));
    this.compare(file, 'snapshotDigest', manifest.snapshotDigest, onDisk.digest);
    this.compareUses(file, manifest.uses, { session, onDisk, used });
    this.compare(file, 'toolchain', stable(manifest.toolchain), stable(toolchainFacts(closure, session)));
  }

  private async verifyRecord(record: TestRecord, manifest: Manifest, context: CheckContext): Promise<void> {
    const { session, onDisk, used } = context;
    const [name = ''] = used;
    const { dist, reports } = outputsOf(this.operation);
    const file = this.relative(join(reports, RECORD));
    await this.compareFiles(file, 'wheel', [record.wheel], dist);
    this.compare(file, 'wheel', stable(record.wheel), stable(manifest.files[0] ?? {}));
    this.compare(file, 'snapshotDigest', record.snapshotDigest, onDisk.digest);
    this.compare(file, 'snapshotDigest', record.snapshotDigest, manifest.snapshotDigest);
    this.compareUses(file, record.uses, context);
    this.compare(file, 'testSourceDigest', record.testSourceDigest, sourceDigestOf(session.element(name)));
    const report = join(reports, 'junit.xml');
    const counts: TestCounts | undefined = existsSync(report)
      ? await readReport(await readFile(report, 'utf8'), `the report \`${this.relative(report)}\``)
      : undefined;
    for (const member of ['passed', 'failed', 'skipped'] as const) {
      this.compare(file, member, String(record[member]), String(counts?.[member] ?? 'no junit.xml'));
    }
    const statement = join(reports, TEST_RESULT);
    const recorded = existsSync(statement) ? digestOf(await readFile(statement)).hash : 'no such file';
    this.compare(this.relative(statement), 'sha256', recorded, digestOf(statementText(testResultOf(record))).hash);
  }

  /** Those files of the snapshot that the locks allow for what was built. */
  private compareUses(file: string, uses: readonly FileDigest[], { session, onDisk, used }: CheckContext): void {
    const elements = used.map((name) => session.element(name));
    const computed = usedFiles(onDisk.files, elements).map(({ path, sha256 }) => ({ path, sha256 }));
    this.compare(file, 'uses', stable(uses), stable(computed));
  }

  private async compareFiles(file: string, member: string, files: readonly FileDigest[], base: string): Promise<void> {
    for (const [index, { path, sha256 }] of files.entries()) {
      const own = await ownFile(base, path);
      const computed =
        own.path === undefined
          ? own.isAbsent === true
            ? 'no such file'
            : `a path that ${own.refused}`
          : digestOf(await readFile(own.path)).hash;
      this.compare(file, `${member}[${index}].sha256 (${path})`, sha256, computed);
    }
  }

  /**
   * The tree of the snapshot's directory as it is, or, if that directory was not requested, of the artifact in the
   * store, with every file read again.
   */
  private async snapshot(session: BuildSession, name: string): Promise<SnapshotOnDisk> {
    const { blobs, artifacts } = this.operation.engine.store;
    const directory = join(outputsOf(this.operation).dist, 'snapshot');
    if (existsSync(directory)) {
      const digest = formatDigest(await captureTree(digestOnlyBlobs(), directory, { label: directory }));
      return { digest, files: await digestsIn(directory) };
    }
    const record = await artifacts.get(session.keys.key(session.element(name)));
    if (record === undefined) return { digest: 'neither a directory nor an artifact', files: [] };
    const files = await filesOf(new VerifyingBlobStore(blobs), record.tree);
    for (const { digest } of files) await readBlob(new VerifyingBlobStore(blobs), digest);
    return { digest: formatDigest(record.tree), files };
  }

  /** The files that are where the manifest's files are, sorted as strings. */
  private listed(dist: string): string[] {
    const names: string[] = [];
    for (const directory of ['wheel', 'sdist', 'wheelhouse']) {
      for (const name of namesIn(join(dist, directory))) names.push(`${directory}/${name}`);
    }
    return names.sort();
  }

  private place(path: string, target: string): DocumentPlace {
    return { path, shown: this.relative(path), command: `nx run ${this.operation.project.ref.name}:${target}` };
  }

  private relative(path: string): string {
    return relative(this.operation.workspace.directory, path);
  }

  private compare(file: string, member: string, recorded: string, computed: string): void {
    this.checked += 1;
    if (recorded !== computed) this.findings.push({ file, member, recorded, computed });
  }
}

async function digestsIn(directory: string): Promise<FileDigest[]> {
  const names = namesIn(directory);
  return await Promise.all(
    names.map(async (name) => ({ path: name, sha256: digestOf(await readFile(join(directory, name))).hash })),
  );
}

function stable(value: unknown): string {
  return JSON.stringify(value);
}
