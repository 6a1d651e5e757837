import type { WheelUnderInspection } from './wheel-under-inspection.js';

/** Groups whose entries are made into programs, which need something to call. */
const PROGRAMS = ['console_scripts', 'gui_scripts'];
const ENTRY = /^([^\s=[][^=]*?)\s*=\s*([\w.]+)(?:\s*:\s*([\w.]+))?(?:\s*\[[\w.,\s-]*\])?$/;

/** `entry_points.txt` can be read, and the modules it names are there (entry points specification). */
export async function checkEntryPoints(wheel: WheelUnderInspection): Promise<void> {
  const text = await wheel.metadata('entry_points.txt');
  if (text === undefined) return;
  const modules = modulesOf(wheel);
  const seen = new Set<string>();
  let group: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const place = `${wheel.distInfo ?? ''}/entry_points.txt:${index + 1}`;
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const header = /^\[(.+)\]$/.exec(line);
    if (header !== null) {
      group = header[1];
      continue;
    }
    const [, name = '', module, attribute] = ENTRY.exec(line) ?? [];
    if (group === undefined || module === undefined) {
      wheel.error(
        place,
        `this is not an entry point: \`${line}\``,
        'entry points are written as `name = package.module:object`, below a `[group]`',
      );
      continue;
    }
    if (seen.has(`${group}\0${name}`)) wheel.error(place, `\`${name}\` occurs twice in the group \`${group}\``);
    seen.add(`${group}\0${name}`);
    if (PROGRAMS.includes(group) && attribute === undefined) {
      wheel.error(
        place,
        `\`${name}\` does not name a callable: \`${line}\``,
        'write it as `name = package.module:function`',
      );
    }
    if (!modules.has(module)) missingModule(wheel, { place, module, modules });
  }
}

/**
 * A module may come from another distribution, and projects name modules of their tests: installers take either, so that
 * `strict` decides. Below a package that is whole in this wheel it is most likely one that was left out.
 */
function missingModule(
  wheel: WheelUnderInspection,
  {
    place,
    module,
    modules,
  }: { readonly place: string; readonly module: string; readonly modules: ReadonlySet<string> },
): void {
  const [top = ''] = module.split('.');
  const hint = modules.has(`${top}.__init__`) ? 'check that the backend finds its package' : undefined;
  wheel.warn(place, `the wheel has no module \`${module}\``, hint);
}

/** The modules and packages that a wheel installs, with dots; a package has its `__init__` there, too. */
function modulesOf(wheel: WheelUnderInspection): ReadonlySet<string> {
  const modules = new Set<string>();
  for (const path of wheel.installed().values()) {
    const parts = path.split('/');
    const file = parts.pop() ?? '';
    const [stem = ''] = file.split('.');
    if (/\.(?:py|pyc|so|pyd)$/.test(file)) modules.add([...parts, stem].join('.'));
    for (let length = 1; length <= parts.length; length += 1) modules.add(parts.slice(0, length).join('.'));
  }
  return modules;
}
