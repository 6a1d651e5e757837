/** Something of a system that a build looked for in vain. */
export interface MissingPart {
  /** What the log calls it. */
  readonly name: string;
  /** How it is found: the ends of paths, each with a slash before it. */
  readonly endings: readonly string[];
  /** Names that a package with it is likely to have, the likeliest first. */
  readonly likely: readonly string[];
}

type Kind = 'header' | 'library' | 'module' | 'program' | 'shared library';

/** What compilers, linkers, shells and build backends say when something is missing. */
const MESSAGES: readonly (readonly [Kind, RegExp])[] = [
  ['header', /fatal error: '?([\w+./-]+\.(?:h|hh|hpp|hxx))'?(?:: No such file or directory| file not found)/g],
  ['library', /cannot find -l([\w+.-]+)/g],
  ['library', /unable to find library -l([\w+.-]+)/g],
  ['module', /Package '?([\w+.-]+)'?,? (?:required by '[^']*', )?(?:was )?not found/g],
  ['module', /No package '([\w+.-]+)' found/g],
  ['module', /Dependency "([\w+.-]+)" not found/g],
  ['program', /\b([\w+.-]+): (?:command )?not found$/gm],
  ['program', /\b([\w+-]+_config) (?:executable )?not found/g],
  ['program', /error: command '([\w+.-]+)' failed: No such file or directory/g],
  ['program', /No such file or directory: '([\w+.-]+)'$/gm],
  ['program', /Program '([\w+.-]+)' not found/g],
  ['shared library', /\b([\w+-]+\.so(?:\.\d+)*): cannot open shared object file/g],
];

/** Programs and headers whose packages have other names than they have. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['cc', 'gcc'],
  ['c++', 'g++'],
  ['ffi.h', 'libffi-dev'],
  ['jpeglib.h', 'libjpeg-dev'],
  ['libpq-fe.h', 'libpq-dev'],
  ['my_config.h', 'default-libmysqlclient-dev'],
  ['mysql.h', 'default-libmysqlclient-dev'],
  ['mysql_config', 'default-libmysqlclient-dev'],
  ['pg_config', 'libpq-dev'],
  ['pkg-config', 'pkgconf'],
  ['xml2-config', 'libxml2-dev'],
  ['xslt-config', 'libxslt1-dev'],
  ['zlib.h', 'zlib1g-dev'],
]);

/** What a log says is missing, in its order, each once. */
export function missingParts(log: string): MissingPart[] {
  const found = MESSAGES.flatMap(([kind, pattern]) =>
    [...log.matchAll(pattern)].map((match) => ({ kind, name: match[1] ?? '', at: match.index })),
  );
  const parts = new Map<string, MissingPart>();
  for (const { kind, name } of found.sort((a, b) => a.at - b.at)) {
    if (!parts.has(name)) parts.set(name, partOf(kind, name));
  }
  return [...parts.values()];
}

function partOf(kind: Kind, name: string): MissingPart {
  const known = PACKAGES.get(name);
  const likely = known === undefined ? likelyNames(kind, name) : [known];
  switch (kind) {
    case 'header':
    case 'shared library':
      return { name, endings: [`/${name}`], likely };
    case 'library':
      return { name: `-l${name}`, endings: [`/lib${name}.so`, `/lib${name}.a`], likely };
    case 'module':
      return { name, endings: [`/${name}.pc`], likely };
    case 'program':
      return { name, endings: [`/bin/${name}`, `/sbin/${name}`], likely };
    default: {
      const unknown: never = kind;
      throw new Error(`no such kind of part: ${String(unknown)}`);
    }
  }
}

/** Debian Policy, 8: headers and links for the linker are in `lib...-dev`. */
function likelyNames(kind: Kind, name: string): string[] {
  if (kind === 'program') return [name];
  const [first = ''] = name.split('/');
  const stem = first.replace(/\.(?:h|hh|hpp|hxx)$|\.so(?:\.\d+)*$/, '').replace(/^lib/, '');
  return [`lib${stem.toLowerCase().replaceAll('_', '-')}-dev`];
}
