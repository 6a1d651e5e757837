import { posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ElementError, type Origin } from '@wheelhouse/element';
import { poetrySpecifier } from './constraint.js';
import { poetryPythonMarker } from './python.js';
import { bothMarkers, formatMarker, type Marker } from '../../requirements/marker.js';
import { parseMarker } from '../../requirements/requirement.js';
import { isTable, type TomlTable } from '../toml-file.js';

/** Where a value of a dependency was written. */
export type Place = (value?: string) => Origin;

/** A dependency of Poetry's tables. */
export interface PoetryDependency {
  /** A dependency specifier (PEP 508); paths in it begin at the project. */
  readonly text: string;
  readonly optional: boolean;
  /** The source that it comes from alone, by its name. */
  readonly source?: string;
  readonly origin: Origin;
}

/**
 * Reads one constraint of a dependency: a version, or a table with `version`, `git`, `path`, `file` or `url`.
 * https://python-poetry.org/docs/dependency-specification/
 *
 * @param value what stands behind the name, or one item of it if there are several constraints
 * @throws ElementError METADATA
 */
export function poetryDependency(name: string, value: unknown, place: Place): PoetryDependency {
  if (typeof value === 'string') {
    return { text: `${name}${poetrySpecifier(value, place(value))}`, optional: false, origin: place(value) };
  }
  if (!isTable(value)) throw error(`\`${name}\` is neither a version nor a table`, place());
  const reader = new DependencyTable(name, value, place);
  const source = reader.text('source');
  const [what, origin] = reader.what();
  const extras = reader.texts('extras');
  const marker = reader.marker();
  if (value['allow-prereleases'] === true) {
    throw error(
      `\`allow-prereleases\` of \`${name}\` is not supported`,
      origin,
      'use a pre-release in its version, such as `>=2.0b1`, which allows them, or the option `prereleases`',
    );
  }
  const head = `${name}${extras.length === 0 ? '' : `[${extras.join(',')}]`}`;
  return {
    text: `${head}${what}${marker === undefined ? '' : ` ; ${formatMarker(marker)}`}`,
    optional: value.optional === true,
    ...(source === undefined ? {} : { source }),
    origin,
  };
}

class DependencyTable {
  constructor(
    private readonly name: string,
    private readonly table: TomlTable,
    private readonly place: Place,
  ) {}

  text(key: string): string | undefined {
    const value = this.table[key];
    if (value === undefined || typeof value === 'string') return value;
    throw error(`\`${key}\` of \`${this.name}\` is not a string`, this.place());
  }

  texts(key: string): string[] {
    const value = this.table[key] ?? [];
    const fail = (): never => {
      throw error(`\`${key}\` of \`${this.name}\` is not a list of strings`, this.place());
    };
    if (!Array.isArray(value)) return fail();
    return value.map((item: unknown) => (typeof item === 'string' ? item : fail()));
  }

  /** A specifier set, or ` @ ` and an address. */
  what(): readonly [string, Origin] {
    const subdirectory = this.text('subdirectory');
    const fragment = subdirectory === undefined ? '' : `#subdirectory=${subdirectory}`;
    const git = this.text('git');
    if (git !== undefined) {
      const revision = this.text('branch') ?? this.text('tag') ?? this.text('rev');
      const at = revision === undefined ? '' : `@${revision}`;
      return [` @ git+${this.repository(git)}${at}${fragment}`, this.place(git)];
    }
    const path = this.text('path') ?? this.text('file');
    if (path !== undefined) {
      const whole = posix.join(path, subdirectory ?? '');
      return [
        ` @ ${posix.isAbsolute(whole) ? pathToFileURL(whole).href : `file:${encodeURI(whole)}`}`,
        this.place(path),
      ];
    }
    const url = this.text('url');
    if (url !== undefined) return [` @ ${url}${fragment}`, this.place(url)];
    const version = this.text('version') ?? '*';
    return [poetrySpecifier(version, this.place(version)), this.place(version)];
  }

  /** `markers`, `python` and `platform` together. */
  marker(): Marker | undefined {
    const [markers, python, platform] = [this.text('markers'), this.text('python'), this.text('platform')];
    const parts = [
      ...(markers === undefined ? [] : [parseMarker(markers, this.place(markers))]),
      ...[
        python === undefined ? '' : poetryPythonMarker(python, this.place(python)),
        platform === undefined ? '' : platformMarker(platform),
      ].flatMap((text) => (text === '' ? [] : [parseMarker(text, this.place())])),
    ];
    return parts.reduce<Marker | undefined>((all, part) => bothMarkers(all, part), undefined);
  }

  /** git's short form of an address of SSH in the one that PEP 508 takes. */
  private repository(git: string): string {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(git)) return git;
    const [, host, path] = /^([^\s/:]+@[^\s/:]+):(.+)$/.exec(git) ?? [];
    if (host !== undefined && path !== undefined) return `ssh://${host}/${path}`;
    throw error(
      `\`${git}\` of \`${this.name}\` is not a repository URL`,
      this.place(git),
      'use `https://HOST/PATH`, `ssh://USER@HOST/PATH` or `USER@HOST:PATH`',
    );
  }
}

/** Poetry's `platform`: values of `sys.platform`, `!=` in front of those that are not meant, `||` between alternatives. */
function platformMarker(platform: string): string {
  return platform
    .split(/\s*\|\|?\s*/)
    .map((alternative) =>
      alternative
        .split(/\s*,\s*/)
        .map((each) => {
          const [, operator = '', value = ''] = /^(!=|==?)?\s*(.*)$/.exec(each.trim()) ?? [];
          return `sys_platform ${operator === '!=' ? '!=' : '=='} "${value}"`;
        })
        .join(' and '),
    )
    .join(' or ');
}

function error(message: string, origin: Origin, hint?: string): ElementError {
  return new ElementError({ code: 'METADATA', message, origin, hint });
}
