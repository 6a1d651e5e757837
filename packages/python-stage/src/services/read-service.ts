import { ElementError } from '@wheelhouse/element';
import type { ComposeService, HealthCheck } from './compose-service.js';

/** Where a service is written, and what variables in it stand for. */
export interface ServiceContext {
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Keys that are followed. */
const FOLLOWED = [
  ...['image', 'entrypoint', 'command', 'environment', 'ports', 'expose', 'tmpfs', 'volumes', 'user', 'working_dir'],
  ...['healthcheck', 'depends_on'],
];
/** Keys about how a service is run for longer than a test, or with others: they mean nothing here. */
const WITHOUT_MEANING = [
  ...['container_name', 'restart', 'networks', 'profiles', 'labels', 'logging', 'deploy', 'pull_policy', 'init'],
  ...['stop_grace_period', 'stop_signal'],
];

/** Reads one service of a compose file. @throws ElementError SERVICE for what cannot be followed */
export function readService(name: string, value: unknown, context: ServiceContext): ComposeService {
  return new ServiceReader(name, value, context).read();
}

type Fields = Readonly<Record<string, unknown>>;

class ServiceReader {
  constructor(
    private readonly name: string,
    private readonly value: unknown,
    private readonly context: ServiceContext,
  ) {}

  read(): ComposeService {
    const fields = this.fields(this.value, '');
    const strange = Object.keys(fields).find(
      (key) => !FOLLOWED.includes(key) && !WITHOUT_MEANING.includes(key) && !key.startsWith('x-'),
    );
    if (strange !== undefined) {
      throw this.wrong(`\`${strange}\` is not supported`, `a service for tests has ${FOLLOWED.join(', ')}`);
    }
    if (fields.image === undefined) throw this.wrong('it has no `image`', 'services with a build are not supported');
    const healthcheck = this.healthcheck(fields.healthcheck);
    return {
      name: this.name,
      image: this.text(fields.image, 'image'),
      ...this.optional('entrypoint', fields.entrypoint, (each) => this.words(each, 'entrypoint')),
      ...this.optional('command', fields.command, (each) => this.words(each, 'command')),
      environment: this.environment(fields.environment),
      ports: [
        ...new Set(
          [...this.list(fields.ports, 'ports'), ...this.list(fields.expose, 'expose')].map((each) => this.port(each)),
        ),
      ],
      tmpfs: (typeof fields.tmpfs === 'string' ? [fields.tmpfs] : this.list(fields.tmpfs, 'tmpfs')).map((each) =>
        this.text(each, 'tmpfs'),
      ),
      volumes: this.list(fields.volumes, 'volumes').map((each) => this.volume(each)),
      ...this.optional('user', fields.user, (each) => this.text(each, 'user')),
      ...this.optional('workdir', fields.working_dir, (each) => this.text(each, 'working_dir')),
      ...(healthcheck === undefined ? {} : { healthcheck }),
      dependsOn: Array.isArray(fields.depends_on)
        ? fields.depends_on.map((each) => this.text(each, 'depends_on'))
        : Object.keys(this.fields(fields.depends_on ?? {}, 'depends_on')),
    };
  }

  private environment(value: unknown): Record<string, string> {
    if (value === undefined || value === null) return {};
    const pairs = Array.isArray(value)
      ? value.map((each): [string, unknown] => {
          const text = this.text(each, 'environment');
          const at = text.indexOf('=');
          return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
        })
      : Object.entries(this.fields(value, 'environment'));
    // A variable without a value is taken from the environment of the caller.
    return Object.fromEntries(
      pairs.flatMap(([key, each]) => {
        const text = each === null ? this.context.environment[key] : this.text(each, `environment.${key}`);
        return text === undefined ? [] : [[key, text]];
      }),
    );
  }

  /** `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`, or a mapping with `target`. The host's side is another in each run. */
  private port(value: unknown): string {
    const long = typeof value === 'object' && value !== null ? (value as Fields) : undefined;
    const text = long === undefined ? this.text(value, 'ports') : this.text(long.target, 'ports.target');
    const port = /(?:^|:)(\d+)(?:\/tcp)?$/.exec(text)?.[1];
    if (port !== undefined && (long?.protocol ?? 'tcp') === 'tcp') return `${port}/tcp`;
    throw this.wrong(`\`${text}\` of \`ports\` is not a TCP port`, 'only single TCP ports are supported');
  }

  private volume(value: unknown): string {
    const long = typeof value === 'object' && value !== null ? (value as Fields) : undefined;
    const short = long === undefined ? this.text(value, 'volumes').split(':') : [];
    const [first = '', second] = short;
    const source =
      long === undefined ? (second === undefined ? '' : first) : this.text(long.source ?? '', 'volumes.source');
    const target = long === undefined ? (second ?? first) : this.text(long.target, 'volumes.target');
    if (!/^[./~]/.test(source) && long?.type !== 'bind') return target;
    throw this.wrong(
      `\`${source}\` of \`volumes\` is a directory of this machine`,
      'test services start with empty volumes: put what they need into the image',
    );
  }

  private healthcheck(value: unknown): HealthCheck | undefined {
    if (value === undefined) return undefined;
    const fields = this.fields(value, 'healthcheck');
    if (fields.disable === true) return { test: ['NONE'] };
    const test = fields.test;
    const words =
      typeof test === 'string'
        ? ['CMD-SHELL', this.text(test, 'healthcheck.test')]
        : this.words(test, 'healthcheck.test');
    return {
      test: words,
      ...this.optional('interval', fields.interval, (each) => this.duration(each)),
      ...this.optional('timeout', fields.timeout, (each) => this.duration(each)),
      ...this.optional('retries', fields.retries, Number),
      ...this.optional('startPeriod', fields.start_period, (each) => this.duration(each)),
    };
  }

  /** Compose specification, "Specifying durations". @returns nanoseconds */
  private duration(value: unknown): number {
    const text = this.text(value, 'healthcheck');
    const units: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)];
    if (parts.length > 0 && parts.map(([part]) => part).join('') === text) {
      return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0);
    }
    throw this.wrong(`\`${text}\` of \`healthcheck\` is not a duration`, 'durations are written as `500ms` or `1m30s`');
  }

  /** A list of words, or a text that is split as a shell would, quotes removed. */
  private words(value: unknown, key: string): string[] {
    if (Array.isArray(value)) return value.map((each) => this.text(each, key));
    const text = this.text(value, key);
    return [...text.matchAll(/"((?:\\.|[^"])*)"|'([^']*)'|(\S+)/g)].map(
      ([, double, single, plain]) => double?.replaceAll(/\\(.)/g, '$1') ?? single ?? plain ?? '',
    );
  }

  private list(value: unknown, key: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    throw this.wrong(`\`${key}\` is not a list`);
  }

  private fields(value: unknown, key: string): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    throw this.wrong(key === '' ? 'it is not a mapping' : `\`${key}\` is not a mapping`);
  }

  /** A scalar with its variables put in: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `$$`. */
  private text(value: unknown, key: string): string {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw this.wrong(`\`${key}\` is not a string`);
    }
    const { environment } = this.context;
    return String(value).replaceAll(
      /\$(?:(\$)|(\w+)|\{(\w+)(?:(:?-)([^}]*))?\})/g,
      (_all, dollar?: string, plain?: string, braced?: string, operator?: string, fallback?: string) => {
        if (dollar !== undefined) return '$';
        const found = environment[plain ?? braced ?? ''];
        const isSet = operator === ':-' ? found !== undefined && found !== '' : found !== undefined;
        return (isSet ? found : fallback) ?? '';
      },
    );
  }

  private optional<K extends string, T>(key: K, value: unknown, read: (value: unknown) => T): { [P in K]?: T } {
    return value === undefined || value === null ? {} : ({ [key]: read(value) } as { [P in K]: T });
  }

  private wrong(what: string, hint?: string): ElementError {
    return new ElementError({
      code: 'SERVICE',
      message: `${this.context.file}: service \`${this.name}\`: ${what}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
