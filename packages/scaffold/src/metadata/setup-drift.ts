import { ElementError } from '@wheelhouse/element';
import {
  formatRequirement,
  parseRequirement,
  satisfies,
  type Requirement,
  filesOfManifestIn,
} from '@wheelhouse/python/internal';
import type { FoundPackages } from '../project/find-packages.js';
import { SetupCall, type StringList } from '../python/setup-call.js';

/** What a setup.py is compared with. */
export interface SetupContext {
  /** Of setup.py, relative to the workspace, as all files are named. */
  readonly file: string;
  /** What the requirements files of the project hold; absent if it has none. */
  readonly runtime?: FileList | undefined;
  readonly tests?: FileList | undefined;
  /** The files of the project, relative to it. */
  readonly files: readonly string[];
  readonly found: FoundPackages;
  readonly manifestIn?: string | undefined;
  /** The image that the stage is built on, and the file that names it. */
  readonly base?: { readonly image: string; readonly file: string } | undefined;
}

/** The requirements of a file, those of the files that it includes among them. */
export interface FileList {
  /** The one that names the others. */
  readonly file: string;
  readonly requirements: readonly Requirement[];
}

/** A setup.py that says something else than what is around it. */
export interface SetupDrift {
  /** The text that it should have. */
  readonly text: string;
  /** What was to be changed. */
  readonly details: readonly string[];
  /** Contradictions that only people can resolve. */
  readonly open: readonly ElementError[];
}

/**
 * Compares the literals of a setup.py with the project's requirements files, its packages and their files. What it
 * lacks is added. What only it requires is kept: only its author knows which of the files is right.
 *
 * @throws ElementError METADATA for a requirement that is not one
 */
export function setupDrift(source: string, context: SetupContext): SetupDrift {
  const drift = new Drift(source, context);
  drift.requirements(context.runtime, 'install_requires');
  drift.requirements(context.tests, 'extras_require', 'test');
  drift.packages();
  drift.packageData();
  drift.python();
  return drift;
}

class Drift implements SetupDrift {
  readonly details: string[] = [];
  readonly open: ElementError[] = [];

  constructor(
    public text: string,
    private readonly context: SetupContext,
  ) {}

  requirements(wanted: FileList | undefined, keyword: string, key?: string): void {
    const list = (): StringList | undefined => this.call?.strings(keyword, key);
    const origin = { file: this.context.file, line: this.call?.lineOf(keyword) ?? 1, column: 0 };
    const declared = list()?.items.map((item) => parseRequirement(item, origin));
    if (wanted === undefined || declared === undefined) return;
    const { file } = this.context;
    const said = wanted.requirements.filter(isDeclarable);
    // A file that pins everything, beside one that pins little, is a lock.
    if (said.every(isPinned) && !declared.every(isPinned)) return;
    const place = `\`${keyword}${key === undefined ? '' : `["${key}"]`}\` of \`${file}\``;
    for (const requirement of said) {
      const text = formatRequirement(requirement);
      const same = declared.findIndex((each) => formatRequirement(each) === text);
      if (same >= 0) continue;
      const other = declared.findIndex((each) => subject(each) === subject(requirement));
      const present = declared[other];
      this.details.push(
        present === undefined
          ? `\`${wanted.file}\` requires \`${text}\`, but ${place} does not`
          : `\`${wanted.file}\` requires \`${text}\`, and ${place} has \`${formatRequirement(present)}\``,
      );
      this.text = (present === undefined ? list()?.append([text]) : list()?.replace(other, text)) ?? this.text;
    }
    const all = [...wanted.requirements, ...(this.context.runtime?.requirements ?? [])];
    const names = new Set(all.map(({ normalizedName }) => normalizedName));
    for (const requirement of declared.filter(({ normalizedName }) => !names.has(normalizedName))) {
      this.open.push(
        this.contradiction(
          keyword,
          `\`${formatRequirement(requirement)}\` is required, but \`${wanted.file}\` does not have it`,
          `remove it from \`${file}\`, or add it to \`${wanted.file}\``,
        ),
      );
    }
  }

  packages(): void {
    const { file, files, found } = this.context;
    // Of packages that are elsewhere than it seems nothing is known.
    const { call } = this;
    if (call === undefined) return;
    if (call.has('package_dir') !== (found.layout === 'src')) return;
    const isOfTests = (name: string): boolean => name.split('.').some((part) => /^tests?$/.test(part));
    const packages = found.packages.filter((name) => !isOfTests(name));
    const included = call.includedPackages();
    if (included !== undefined) {
      const takes = (top: string): boolean =>
        included.items.some((glob) => glob === top || (glob.endsWith('*') && top.startsWith(glob.slice(0, -1))));
      const missing = packages.filter((name) => !name.includes('.') && !takes(name));
      for (const name of missing) this.details.push(`\`find_packages\` of \`${file}\` does not find \`${name}\``);
      if (missing.length > 0) this.text = included.append(missing.flatMap((top) => [top, `${top}.*`]));
      return;
    }
    const listed = call.strings('packages');
    if (listed === undefined) return;
    const missing = packages.filter((name) => !listed.items.includes(name));
    for (const name of missing) this.details.push(`\`packages\` of \`${file}\` does not have \`${name}\``);
    if (missing.length > 0) this.text = listed.append(missing);
    const home = found.layout === 'src' ? 'src/' : '';
    const gone = listed.items.filter((name) => {
      const directory = `${home}${name.replaceAll('.', '/')}/`;
      return !files.some((each) => each.startsWith(directory));
    });
    for (const name of gone) {
      this.details.push(`\`packages\` of \`${file}\` has \`${name}\`, which does not exist`);
      const now = this.call?.strings('packages');
      this.text = now?.remove(now.items.indexOf(name)) ?? this.text;
    }
  }

  packageData(): void {
    const { call, context } = this;
    const { file, found, files, manifestIn } = context;
    // setup.cfg may say it as well.
    if (call === undefined || manifestIn === undefined || files.includes('setup.cfg') || !call.has('packages')) return;
    if (call.has('include_package_data') || call.has('package_data')) return;
    const [first] = filesOfManifestIn(manifestIn, found.dataFiles);
    if (first === undefined) return;
    this.details.push(`\`${file}\` has no \`include_package_data\`, without which wheels lack \`${first}\``);
    this.text = call.addBehind('packages', 'include_package_data=True');
  }

  python(): void {
    const { base } = this.context;
    const wanted = this.call?.text('python_requires');
    const version = /^python:(\d+\.\d+)(?![\d.])/.exec(base?.image ?? '')?.[1];
    if (base === undefined || wanted === undefined || version === undefined) return;
    // A tag without a patch number may be any.
    if (satisfies(`${version}.0`, wanted) || satisfies(`${version}.999`, wanted)) return;
    this.open.push(
      this.contradiction(
        'python_requires',
        `Python \`${wanted}\` is required, but \`${base.file}\` builds on \`${base.image}\``,
        `set another image in \`ARG BASE\` of the Dockerfiles, or change \`python_requires\``,
      ),
    );
  }

  private get call(): SetupCall | undefined {
    return SetupCall.find(this.text);
  }

  private contradiction(keyword: string, message: string, hint: string): ElementError {
    const { file } = this.context;
    const line = SetupCall.find(this.text)?.lineOf(keyword) ?? 1;
    return new ElementError({ code: 'DRIFT', message, origin: { file, line, column: 0 }, hint });
  }
}

/** What a distribution can require; paths and links to files hold on one machine. */
function isDeclarable({ name, url }: Requirement): boolean {
  return name !== '' && (url === undefined || /^(\w+\+)?https?:/.test(url));
}

function isPinned({ specifier, url }: Requirement): boolean {
  return url !== undefined || /^={2,3}[^*,]+$/.test(specifier);
}

/** What a requirement is about: two of a name with different markers are two. */
function subject(requirement: Requirement): string {
  return formatRequirement({ ...requirement, extras: [], specifier: '' });
}
