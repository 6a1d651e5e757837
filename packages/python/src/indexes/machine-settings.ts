import { readFileSync } from 'node:fs';
import { TomlFile } from '../metadata/toml-file.js';
import { rowOf, UV_SETTINGS } from '../metadata/settings/setting-table.js';
import { settingLines } from '../metadata/settings/resolution-settings.js';
import { MACHINE_SETTINGS, OF_INDEXES } from '../metadata/settings/machine-setting-table.js';
import type { PipConfig, PipValue } from '../tools/pip-config.js';
import { uvConfigurationFiles } from './uv-files.js';

/** The settings of pip and uv on this machine, outside of the workspace, that affect versions. Plain data. */
export interface MachineSettings {
  /** The date that bounds versions, as `exclude-newer` of uv, and where it is set. */
  readonly excludeNewer?: {
    readonly value: string;
    readonly at: Place;
    /** Whether it counts before what the project's files say. */
    readonly isFirst: boolean;
  };
  /** What would change versions on this machine alone, and does not count. */
  readonly passedOver: readonly PassedOver[];
}

/** Where a setting is. */
interface Place {
  /** The variable, or the setting in its file. */
  readonly name: string;
  /** Where it is set; absent for a variable. */
  readonly file?: string;
}

/** A setting that does not count. */
export interface PassedOver extends Place {
  /** What does the same for everyone. */
  readonly instead: string;
}

/** Where nothing is set. */
export const NO_MACHINE_SETTINGS: MachineSettings = { passedOver: [] };

/**
 * The settings of this machine that affect versions: variables of uv and pip, pip's configuration, and the user's and
 * the system's uv.toml. A date is used (docs/adr/0080): of a variable before the project's, of a file after it; the
 * others are reported.
 *
 * @throws ElementError METADATA for a uv.toml that cannot be read
 */
export function readMachineSettings(pip: PipConfig, environment: NodeJS.ProcessEnv): MachineSettings {
  const passedOver: PassedOver[] = [];
  const dates: NonNullable<MachineSettings['excludeNewer']>[] = [];
  for (const { tool, name, treatment, note } of MACHINE_SETTINGS) {
    const found = tool === 'uv' ? variable(environment[name]) : pip.find(name);
    if (found === undefined || isOff(found.value) || treatment === 'no effect') continue;
    const variableName = tool === 'uv' ? name : `PIP_${name.toUpperCase().replaceAll('-', '_')}`;
    const at = found.isVariable ? { name: variableName } : { name, file: "pip's configuration" };
    if (DATES.includes(name)) dates.push({ value: found.value, at, isFirst: found.isVariable });
    else if (treatment === 'passed over') passedOver.push({ ...at, instead: note });
  }
  for (const file of uvConfigurationFiles(environment)) {
    for (const [name, value] of Object.entries(TomlFile.parse(readFileSync(file, 'utf8'), file).table)) {
      const date = value instanceof Date ? value.toISOString() : value;
      if (name === 'exclude-newer' && typeof date === 'string') {
        dates.push({ value: date, at: { name, file }, isFirst: false });
      } else if (!OF_INDEXES.includes(name) && rowOf(UV_SETTINGS, name)?.treatment !== 'no effect' && value !== false) {
        passedOver.push({ name, file, instead: `\`${name}\` in the uv.toml or \`[tool.uv]\` of the workspace` });
      }
    }
  }
  const [excludeNewer] = [...dates.filter(({ isFirst }) => isFirst), ...dates.filter(({ isFirst }) => !isFirst)];
  return { ...(excludeNewer === undefined ? {} : { excludeNewer }), passedOver };
}

const DATES = ['UV_EXCLUDE_NEWER', 'uploaded-prior-to'];

function variable(value = ''): PipValue | undefined {
  return value === '' ? undefined : { value, isVariable: true };
}

/** Lines of a lock's header of what the machine adds to a project's own settings. */
export function machineLines({ excludeNewer }: MachineSettings, settings: readonly string[]): readonly string[] {
  if (excludeNewer === undefined) return [];
  const isSet = settings.some((line) => line.startsWith('exclude-newer = '));
  return isSet && !excludeNewer.isFirst ? [] : settingLines({ 'exclude-newer': excludeNewer.value });
}

function isOff(value: string): boolean {
  return ['', '0', 'false', 'no', 'off', 'f', 'n'].includes(value.toLowerCase());
}
