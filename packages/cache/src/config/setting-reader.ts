import type { ErrorCollector } from '@wheelhouse/element/internal';
import { badSetting, findSetting, pathIn, type SettingSources, type WrittenSetting } from './setting-sources.js';

/** Reads settings one by one, and collects what is wrong with them. */
export class SettingReader {
  /** @param fallbacks the defaults of settings by name, in the form users write */
  constructor(
    private readonly sources: SettingSources,
    private readonly fallbacks: Readonly<Record<string, { readonly unless?: string }>>,
    readonly errors: ErrorCollector,
  ) {}

  /** The setting as the user wrote it; nothing if it is not set. */
  written(name: string): WrittenSetting | undefined {
    return this.errors.attempt(() => findSetting(name, this.sources));
  }

  /** What was written, where it is as it must be. */
  optional<T>(name: string, parse: (text: string) => T | undefined, expected: string): T | undefined {
    const given = this.written(name);
    const value = given === undefined ? undefined : parse(given.text);
    if (given !== undefined && value === undefined) this.errors.add(badSetting(given, expected));
    return value;
  }

  /** What was written, else what holds unless it is. */
  read<T>(name: string, parse: (text: string) => T | undefined, expected: string): T {
    const value = this.optional(name, parse, expected) ?? parse(this.fallbacks[name]?.unless ?? '');
    if (value === undefined) throw new Error(`the setting ${name} has no default`);
    return value;
  }

  /** The absolute path that was written. */
  path(name: string): string | undefined {
    const given = this.written(name);
    if (given?.text === '') this.errors.add(badSetting(given, 'a path'));
    return given === undefined ? undefined : pathIn(given);
  }
}

/** Reads `true` or `false`. @returns `undefined` if it is neither */
export function parseSwitch(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}
