import { ElementError } from '../base/error.js';
import type { Element } from '../plugin/element.js';
import { callPlugin } from '../plugin/plugin-call.js';
import { shellQuote } from '../base/shell-quote.js';

/**
 * A whole POSIX sh script that builds `element` outside Wheelhouse: what the reference guarantees to a generated script
 * (BuildStream reference: `Element.generate_script`), then the script that the element's kind generates.
 *
 * All variables are exported, under names that are legal in sh (`build-root` is `build_root`); so is the element's
 * environment. The script runs in `$build_root/$normal_name`. `$PREFIX` is the install root, empty at first; what is
 * built is installed there. When a command fails, the script does.
 *
 * The root it runs in holds the build dependencies at their places, and the sources in the working directory. A root as
 * the sandbox has it, with the sources in the build root itself, does as well: they are moved to the working directory.
 *
 * @throws ElementError INVALID_DATA if the kind generates no script, or two values have one name in sh
 */
export function buildScript(element: Element): string {
  const commands = callPlugin(element, 'generateScript', () => element.generateScript());
  const variables = exported(element);
  return [
    '#!/bin/sh',
    `# Builds ${oneLine(element.name)} of the project ${oneLine(element.project.name)}, without Wheelhouse.`,
    HEADER,
    ...[...variables].map(([name, value]) => `export ${name}=${shellQuote(value)}`),
    PROLOGUE,
    commands,
  ].join('\n');
}

const HEADER = `#
# Run this in a root, such as that of a container, that contains the build dependencies of the element, and its sources in
# $build_root/$normal_name. If that directory does not exist, the contents of $build_root are moved there. Then:
#   - all variables of the element are exported, with _ instead of - in their names;
#   - the element's environment is exported;
#   - commands start in $build_root/$normal_name;
#   - $PREFIX is the element's install root, and empty; the results are installed there;
#   - if a command fails, the script exits with a nonzero code.
`;

const PROLOGUE = `
umask 0022
fail() {
  printf '%s\\n' "$1" >&2
  exit 1
}
mkdir -p "$PREFIX" || exit 1
[ -z "$(ls -A "$PREFIX")" ] || fail "$PREFIX is not empty"
if [ ! -d "$build_root" ]; then
  mkdir -p "$build_root/$normal_name" || exit 1
elif [ ! -d "$build_root/$normal_name" ]; then
  mv "$build_root" "$build_root.sources" && mkdir "$build_root" || exit 1
  mv "$build_root.sources" "$build_root/$normal_name" || exit 1
fi
cd "$build_root/$normal_name" || exit 1
if [ -n "\${command_subdir:-}" ]; then
  cd "./$command_subdir" || exit 1
fi
`;

/**
 * What the script exports: names in sh to values. The sandbox keeps apart what has one name in sh, such as the variables
 * `a-b` and `a_b`, or a variable and an entry of the environment; where their values differ, no script does the same.
 */
function exported(element: Element): Map<string, string> {
  const found = new Map<string, { readonly value: string; readonly what: string }>();
  const add = (name: string, value: string, what: string): void => {
    const other = found.get(shellName(name));
    if (other === undefined || other.value === value) {
      found.set(shellName(name), { value, what });
      return;
    }
    throw new ElementError({
      code: 'INVALID_DATA',
      message: `${element.name}: ${other.what} and ${what} are both \`${shellName(name)}\` in a script: \`${other.value}\` and \`${value}\``,
      origin: element.origin,
      hint: 'rename one of them, or give both the same value',
    });
  };
  const { variables, environment } = element;
  for (const [name, value] of Object.entries(variables.toRecord())) add(name, value, `the variable \`${name}\``);
  add('normal_name', element.normalName, "the element's normal name");
  for (const [name, value] of Object.entries(environment)) add(name, value, `\`${name}\` of the environment`);
  add('PREFIX', element.getVariable('install-root'), 'the install root');
  return new Map([...found].map(([name, { value }]) => [name, value]));
}

/** Any character that a name in sh cannot have becomes `_`. */
function shellName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=[0-9])/, '_');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
