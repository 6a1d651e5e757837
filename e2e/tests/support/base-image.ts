import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lockFile } from '@wheelhouse/element/internal';
import { REPOSITORY } from './installation.js';
import { runWell } from './users.js';

/** Lists of Debian's packages in this machine's own form: where the base comes from is where the machine's parts do. */
const LISTS = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'];
/** 14 November 2023, in seconds since 1970. */
const EPOCH = '1700000000';
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** An image of this machine's Debian, to build others on. */
export interface TestBase {
  /** Absolute path of its OCI image layout. */
  readonly layout: string;
  /** Absolute path of the same as `docker save` packs it. */
  readonly archive: string;
  /** The digests of its manifest and its configuration. */
  readonly manifestDigest: string;
  readonly id: string;
}

/**
 * Debian with some packages, made by mmdebstrap once for a machine: it is kept in the repository's `.cache`.
 *
 * @param packages beside those that are essential
 */
export async function baseImage(name: string, packages: readonly string[]): Promise<TestBase> {
  const directory = join(REPOSITORY, '.cache', 'base-image', `${name}-${release()}`);
  if (!existsSync(directory)) {
    mkdirSync(join(directory, '..'), { recursive: true });
    // Files that need the same one wait for whichever came first.
    const lock = await lockFile(`${directory}.lock`);
    if (!existsSync(directory)) await makeBase(directory, packages);
    await lock?.release();
  }
  return { ...(JSON.parse(readFileSync(join(directory, 'digests.json'), 'utf8')) as TestBase), ...placesIn(directory) };
}

function placesIn(directory: string): Pick<TestBase, 'layout' | 'archive'> {
  return { layout: join(directory, 'layout'), archive: join(directory, 'saved.tar') };
}

async function makeBase(directory: string, packages: readonly string[]): Promise<void> {
  const fresh = mkdtempSync(`${directory}.`);
  try {
    const root = join(fresh, 'root.tar');
    const lists = LISTS.filter((path) => existsSync(path)).slice(0, 1);
    await runWell(
      [
        ...['mmdebstrap', '--variant=minbase', `--include=${packages.join(',')}`],
        ...['--dpkgopt=path-exclude=/usr/share/doc/*', '--dpkgopt=path-exclude=/usr/share/man/*'],
        ...['--dpkgopt=path-exclude=/usr/share/locale/*', release(), root, ...lists],
      ],
      { cwd: fresh, env: { PATH: SEARCH_PATH, SOURCE_DATE_EPOCH: EPOCH, LC_ALL: 'C.UTF-8' } },
    );
    await pack(fresh, readFileSync(root));
    rmSync(root);
    renameSync(fresh, directory);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
}

/** Writes the image in both forms. */
async function pack(directory: string, root: Buffer): Promise<void> {
  const { layout, archive } = placesIn(directory);
  const saved = join(directory, 'saved');
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  mkdirSync(saved);
  const config = json({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Env: [`PATH=${SEARCH_PATH}`],
      Labels: { 'org.opencontainers.image.title': 'base', 'org.example.kept': 'yes' },
    },
    rootfs: { type: 'layers', diff_ids: [sha256(root)] },
    history: [{ created: new Date(Number(EPOCH) * 1000).toISOString(), created_by: 'mmdebstrap' }],
  });
  const put = (mediaType: string, bytes: Buffer): { mediaType: string; digest: string; size: number } => {
    writeFileSync(join(layout, 'blobs', 'sha256', sha256(bytes).slice('sha256:'.length)), bytes);
    return { mediaType, digest: sha256(bytes), size: bytes.byteLength };
  };
  const manifest = put(
    'application/vnd.oci.image.manifest.v1+json',
    json({
      schemaVersion: 2,
      config: put('application/vnd.oci.image.config.v1+json', config),
      layers: [put('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(root, { level: 1 }))],
    }),
  );
  writeFileSync(join(layout, 'index.json'), json({ schemaVersion: 2, manifests: [manifest] }));
  writeFileSync(join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(saved, 'config.json'), config);
  writeFileSync(join(saved, 'layer.tar'), root);
  const list = [{ Config: 'config.json', RepoTags: ['base:latest'], Layers: ['layer.tar'] }];
  writeFileSync(join(saved, 'manifest.json'), json(list));
  const files = ['manifest.json', 'config.json', 'layer.tar'];
  await runWell(['tar', '--create', '--file', archive, '--directory', saved, ...files], { cwd: '/', env: process.env });
  rmSync(saved, { recursive: true });
  writeFileSync(
    join(directory, 'digests.json'),
    json({ manifestDigest: manifest.digest, id: sha256(config) } satisfies Omit<TestBase, 'layout' | 'archive'>),
  );
}

/** The name of this machine's Debian: its interpreter is then the base's, too. */
function release(): string {
  const name = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (name === undefined) throw new Error('/etc/os-release names no release: base images are of Debian');
  return name;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
