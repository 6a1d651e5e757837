import { posix } from 'node:path';
import { ElementError, ElementErrors, type Origin } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';
import { pipLines, type PipLine } from './pip-lines.js';
import { pipOptions, type PipOption } from './pip-options.js';
import type { ProjectFiles } from './project-files.js';
import {
  canonicalAddress,
  eggOf,
  expandVariables,
  isAddress,
  nameInAddress,
  publicAddress,
} from '../requirements/address.js';
import { parseMarker, parseRequirement, type Requirement } from '../requirements/requirement.js';

/** Where requirements files say distributions come from. May hold credentials: never written. */
export interface FileIndexes {
  /** The last one named. */
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  /** URLs, and directories relative to the workspace. */
  readonly findLinks: readonly string[];
  readonly trustedHosts: readonly string[];
  readonly noIndex: boolean;
}

/** What requirements files hold, put together. */
export interface ReadRequirements {
  /** The files that were read, relative to the project. */
  readonly files: readonly string[];
  readonly requirements: readonly Requirement[];
  /** Of `-c` files, or of the files themselves where they are read as constraints. */
  readonly constraints: readonly Requirement[];
  /** Whether a file has `--pre`. */
  readonly prereleases: boolean;
  readonly indexes: FileIndexes;
}

/**
 * Reads requirements files as pip does ("Requirements File Format"), and the files they include. Variables in addresses
 * are kept by name, so that nothing that is remembered or written holds their values; others are put in.
 *
 * @param names relative to the project
 * @param as what the files are to be read as
 * @throws ElementError METADATA, OUTSIDE_WORKSPACE; all that are wrong at once
 */
export function readRequirementsFiles(
  names: readonly string[],
  files: ProjectFiles,
  as: 'requirements' | 'constraints' = 'requirements',
): ReadRequirements {
  const reader = new FilesReader(files);
  for (const name of names) {
    reader.attempt(() => {
      reader.read(posix.normalize(name), { as, path: [], origin: undefined });
    });
  }
  return reader.result();
}

interface Inclusion {
  readonly as: 'requirements' | 'constraints';
  /** The files that include one another, the first first. */
  readonly path: readonly string[];
  /** What names the file; the project's settings if absent. */
  readonly origin: Origin | undefined;
}

class FilesReader {
  private readonly errors: ElementError[] = [];
  private readonly opened = new Set<string>();
  private readonly requirements: Requirement[] = [];
  private readonly constraints: Requirement[] = [];
  private readonly indexes = {
    extraIndexUrls: [] as string[],
    findLinks: [] as string[],
    trustedHosts: [] as string[],
    noIndex: false,
  };
  private indexUrl: string | undefined;
  private prereleases = false;
  private requireHashes: Origin | undefined;

  constructor(private readonly files: ProjectFiles) {}

  result(): ReadRequirements {
    for (const { name, hashes, origin } of this.requirements) {
      if (this.requireHashes === undefined || hashes !== undefined) continue;
      this.errors.push(failure(`\`${name}\` has no hash, but \`--require-hashes\` requires one`, origin));
    }
    throwCollected(this.errors);
    return {
      files: [...this.opened],
      requirements: this.requirements,
      constraints: this.constraints,
      prereleases: this.prereleases,
      indexes: { ...this.indexes, ...(this.indexUrl === undefined ? {} : { indexUrl: this.indexUrl }) },
    };
  }

  /** @throws ElementError if the file does not exist, or includes itself */
  read(name: string, { as, path, origin }: Inclusion): void {
    const label = this.files.label(name);
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].map((each) => `\`${this.files.label(each)}\``);
      throw failure(`the requirements files ${cycle.join(' -> ')} include one another`, origin);
    }
    const text = this.files.read(name);
    if (text === undefined) {
      throw failure(
        `requirements file not found: \`${label}\``,
        origin,
        origin === undefined
          ? "it is listed in the plugin's options in nx.json; a plugin entry with `include` applies only to some projects"
          : 'included files are relative to the file that includes them',
      );
    }
    this.opened.add(name);
    for (const line of pipLines(text, label)) {
      this.attempt(() => {
        this.line(line, name, { as, path: [...path, name] });
      });
    }
  }

  /** Keeps what is wrong for {@link result}. */
  attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof ElementErrors) this.errors.push(...error.errors);
      else if (error instanceof ElementError) this.errors.push(error);
      else throw error;
    }
  }

  private line(line: PipLine, name: string, inclusion: Pick<Inclusion, 'as' | 'path'>): void {
    const start = /\S/.exec(line.text)?.index ?? 0;
    if (line.text.startsWith('-', start)) {
      for (const option of pipOptions(line, start)) this.option(option, name, inclusion);
      return;
    }
    const options = /\s-/.exec(line.text.slice(start));
    const end = options === null ? line.text.length : start + options.index;
    const hashes = pipOptions(line, end).map((option) => hashOf(option));
    const written = line.text.slice(start, end).trim();
    const requirement = this.requirement(written, line.place(start), name);
    this.add(hashes.length === 0 ? requirement : { ...requirement, hashes: hashes.sort() }, inclusion.as, written);
  }

  private option(option: PipOption, name: string, { as, path }: Pick<Inclusion, 'as' | 'path'>): void {
    const { origin } = option;
    const value = (): string => this.expand(option.value, origin);
    switch (option.name) {
      case '--requirement':
      case '--constraint': {
        const included = value();
        if (/^[a-z]+:\/\//i.test(included)) {
          throw failure(`\`${included}\` is not a file of the workspace`, origin, 'move the file into the workspace');
        }
        const target = posix.join(posix.dirname(name), included);
        this.read(target, { as: option.name === '--constraint' ? 'constraints' : as, path, origin });
        return;
      }
      case '--editable':
        if (as === 'constraints') {
          throw failure(
            `\`-e ${shown(option.value)}\` is not a constraint: constraints cannot be editable`,
            origin,
            'constraints only limit versions, such as `name<2`; projects of the workspace need none',
          );
        }
        this.add(this.requirement(option.value, origin, name), as, option.value);
        return;
      case '--index-url':
        this.indexUrl = indexAddress(option);
        return;
      case '--extra-index-url':
        this.indexes.extraIndexUrls.push(indexAddress(option));
        return;
      case '--find-links':
        this.indexes.findLinks.push(this.findLinks(option.value, name, origin));
        return;
      case '--trusted-host':
        this.indexes.trustedHosts.push(value());
        return;
      case '--no-index':
        this.indexes.noIndex = true;
        return;
      case '--pre':
        this.prereleases = true;
        return;
      case '--require-hashes':
        this.requireHashes = origin;
        return;
      case '--hash':
        throw failure('`--hash` must follow a requirement', origin);
      default: {
        const unknown: never = option.name;
        throw new Error(`no such option: ${String(unknown)}`);
      }
    }
  }

  /** A directory is named relative to the file, as pip does where it is there. */
  private findLinks(written: string, name: string, origin: Origin): string {
    if (/^(?!file:)[a-z]+:\/\//i.test(written)) return written;
    const address = canonicalAddress(this.expand(written, origin), this.files.base(name));
    return address.startsWith('file://') ? address : decodeURI(address.slice('file:'.length));
  }

  private requirement(written: string, origin: Origin, file: string): Requirement {
    const named = /^[a-z0-9][a-z0-9._-]*\s*(\[[^\]]*\]\s*)?@/i.test(written);
    if (named) {
      const requirement = parseRequirement(this.expandPaths(written, origin), origin);
      return { ...requirement, url: canonicalAddress(requirement.url ?? '', this.files.base(file)) };
    }
    if (!isAddress(written)) return parseRequirement(this.expand(written, origin), origin);
    // Behind an address a marker is set off by white space, since `;` may be part of one.
    const [, address = '', marker] = /^(.*?)(?:(?:\s+;|;\s)\s*(.*))?$/s.exec(written) ?? [];
    const [, link = '', bracketed] = /^(.*?)(?:\[([^\]]*)\])?$/s.exec(this.expandPaths(address.trim(), origin)) ?? [];
    const [, egg, ofEgg] = /^([^[]*)(?:\[(.*)\])?/s.exec(eggOf(link) ?? '') ?? [];
    const name = egg === undefined || egg === '' ? nameInAddress(link) : egg;
    const labelled = parseRequirement(`${name ?? 'unnamed'}[${bracketed ?? ofEgg ?? ''}]`, origin);
    return {
      ...labelled,
      ...(name === undefined ? { name: '', normalizedName: '' } : {}),
      url: canonicalAddress(link, this.files.base(file)),
      ...(marker === undefined ? {} : { marker: parseMarker(this.expand(marker, origin), origin) }),
    };
  }

  /** @param written for messages */
  private add(requirement: Requirement, as: Inclusion['as'], written: string): void {
    if (as === 'requirements') {
      this.requirements.push(requirement);
      return;
    }
    const { url, extras, origin } = requirement;
    const what = url === undefined ? 'has extras' : 'is a URL';
    if (url !== undefined || extras.length > 0) {
      throw failure(
        `the constraint \`${shown(written)}\` ${what}`,
        origin,
        url === undefined
          ? 'constraints only limit versions, such as `name<2`; extras belong to a requirement'
          : 'constraints only limit versions, such as `name<2`; a URL belongs to a requirement, or to `override-dependencies` in `[tool.uv]`',
      );
    }
    this.constraints.push(requirement);
  }

  private expand(text: string, origin: Origin): string {
    return expandVariables(text, (variable) => this.files.variable(variable), origin);
  }

  /** In URLs, variables are only expanded when they are requested, since they may contain credentials. */
  private expandPaths(text: string, origin: Origin): string {
    return text.includes('://') && !/(^|@\s*)file:\/\//.test(text) ? text : this.expand(text, origin);
  }
}

/** A line as it may be written down. */
function shown(written: string): string {
  return written.replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, publicAddress);
}

/** Pip puts in variables that are written with braces alone. @throws ElementError if it is neither address nor path */
function indexAddress({ value, origin }: PipOption): string {
  if (/^[a-z][a-z0-9+.-]*:|\/|^\.|\$\{/i.test(value)) return value;
  const variable = /^\$([A-Z0-9_]+)$/.exec(value)?.[1];
  throw failure(
    `\`${value}\` is not the URL of an index`,
    origin,
    variable === undefined ? undefined : `pip only expands variables with braces: \`\${${variable}}\``,
  );
}

function hashOf({ name, value, origin }: PipOption): string {
  if (name !== '--hash') throw failure(`\`${name}\` must be on a line of its own`, origin);
  if (/^sha256:[0-9a-f]{64}$/.test(value)) return value;
  throw failure(`\`--hash=${value}\` is not \`--hash=sha256:...\``, origin, 'locks only support SHA-256');
}

function failure(message: string, origin: Origin | undefined, hint?: string): ElementError {
  return new ElementError({ code: 'METADATA', message, origin, hint });
}
