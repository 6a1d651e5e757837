import { SANDBOX_MTIME } from '@wheelhouse/element/internal';
import { variableOf, type BaseImage, type ImageConfig, type ImageLayer } from '@wheelhouse/oci/internal';

/** How the application in an image is started. */
export interface ImageSettings {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Variables beside those of the base. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ports, such as `8000` or `53/udp`. */
  readonly expose?: readonly string[];
  /** Absolute path. Default: the user's home. */
  readonly workdir?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What an image's configuration is composed of. */
export interface ConfigInput {
  readonly base: BaseImage;
  readonly layer: ImageLayer;
  readonly settings: ImageSettings;
  readonly user: { readonly id: number; readonly home: string };
  /** Absolute path of the environment that the application is installed in. */
  readonly venv: string;
  /** What Wheelhouse says of the image. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Labels that say what an image is; those of the base would be wrong on what is built on it. */
const ABOUT_IMAGE = 'org.opencontainers.image.';
/** Where programs are looked for in a base that does not say so. */
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The directories that programs are looked for in, in containers of an image. */
export function searchPath(config: ImageConfig): string {
  return variableOf(config, 'PATH') ?? USUAL_PATH;
}

/**
 * The configuration of an application's image: that of its base, with what is said of the application. Its bytes name
 * the image, so nothing in it is of the time or the machine (docs/adr/0036).
 */
export function composeConfig({ base, layer, settings, user, venv, labels }: ConfigInput): string {
  const { architecture, os, variant, config = {}, rootfs, history = [] } = base.config;
  const { Entrypoint: entrypoint, Cmd: command, Volumes: volumes, StopSignal: stopSignal } = config;
  const created = new Date(SANDBOX_MTIME * 1000).toISOString();
  const replaced = settings.entrypoint !== undefined || settings.command !== undefined;
  return JSON.stringify({
    created,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    os,
    config: {
      User: `${user.id}:${user.id}`,
      ...present('ExposedPorts', ports(config.ExposedPorts, settings.expose ?? [])),
      Env: environment(config.Env ?? [], {
        PATH: `${venv}/bin:${searchPath(base.config)}`,
        HOME: user.home,
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
        ...settings.env,
      }),
      // Of an entry point and a command that belong together, one is never kept without the other.
      ...present('Entrypoint', replaced ? settings.entrypoint : entrypoint),
      ...present('Cmd', replaced ? settings.command : command),
      ...present('Volumes', volumes),
      WorkingDir: settings.workdir ?? user.home,
      Labels: sorted({
        ...Object.fromEntries(Object.entries(config.Labels ?? {}).filter(([name]) => !name.startsWith(ABOUT_IMAGE))),
        ...labels,
        ...settings.labels,
      }),
      ...present('StopSignal', stopSignal),
    },
    rootfs: { type: 'layers', diff_ids: [...rootfs.diff_ids, layer.diffId] },
    history: [...history, { created, created_by: 'wheelhouse', comment: 'the wheelhouse, installed' }],
  });
}

function environment(base: readonly string[], added: Readonly<Record<string, string>>): string[] {
  const kept = base.filter((entry) => !Object.hasOwn(added, entry.split('=')[0] ?? ''));
  return [...kept, ...Object.entries(added).map(([name, value]) => `${name}=${value}`)];
}

function ports(
  base: Readonly<Record<string, object>> | undefined,
  added: readonly string[],
): Readonly<Record<string, object>> | undefined {
  const own = added.map((port) => [port.includes('/') ? port : `${port}/tcp`, {}] as const);
  const all = { ...base, ...Object.fromEntries(own) };
  return Object.keys(all).length === 0 ? undefined : sorted(all);
}

function present(name: string, value: unknown): Record<string, unknown> {
  return value === undefined || value === null ? {} : { [name]: value };
}

function sorted<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
