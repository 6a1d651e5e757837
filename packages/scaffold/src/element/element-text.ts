import { stringify } from 'yaml';

/** The kinds that an element can be generated of. */
export type GeneratedKind = 'manual' | 'script' | 'import' | 'stack';
export const GENERATED_KINDS: readonly GeneratedKind[] = ['manual', 'script', 'import', 'stack'];

/** What an element file says. */
export interface ElementModel {
  readonly kind: GeneratedKind;
  readonly depends: readonly string[];
  /** The element that commands run with, if there is one. */
  readonly toolchain?: string | undefined;
  /** Relative to the project. */
  readonly source?: string | undefined;
}

/** The text of an element file (BuildStream reference: format). */
export function elementText({ kind, depends, toolchain, source }: ElementModel): string {
  const commands = toolchain === undefined ? [] : [toolchain];
  // To run in what it needs is all that a script does; nothing needs that once it has run.
  const needed =
    kind === 'script' ? { 'build-depends': [...commands, ...depends] } : { 'build-depends': commands, depends };
  return stringify(
    {
      kind,
      ...Object.fromEntries(Object.entries(needed).filter(([, list]) => list.length > 0)),
      ...(source === undefined ? {} : { sources: [{ kind: 'local', path: source }] }),
      ...configOf(kind),
    },
    { lineWidth: 0, indentSeq: false, defaultStringType: 'PLAIN' },
  );
}

function configOf(kind: GeneratedKind): { readonly config?: object } {
  switch (kind) {
    case 'manual':
      // Files as they are, until there is something to build.
      return {
        config: {
          'install-commands': ['mkdir -p "%{install-root}%{datadir}"', 'cp -R . "%{install-root}%{datadir}"'],
        },
      };
    case 'script':
      return { config: { commands: ['mkdir -p "%{install-root}"'] } };
    case 'import':
    case 'stack':
      return {};
  }
}

/** A project.conf. The format is the oldest one that has all that is generated. @param name of the project */
export function projectConf(name: string): string {
  return `name: ${name}\nmin-version: 2.4\nelement-path: elements\n`;
}

/** The element that stands for this machine's own tools. */
export const TOOLCHAIN = "kind: host\ndescription: This machine's compiler, shell and C library\n";
