import { compareVersions } from '@wheelhouse/python/internal';
import { type SdistMetadata, parseMetadata, isTable, TomlFile, type TomlTable } from '@wheelhouse/python/metadata';
import type { ArchiveTexts } from './archive.js';

/** Metadata that is known without asking a backend. */
export type StaticMetadata = SdistMetadata & { readonly name: string; readonly version: string };

/** Fields of `[project]` that resolution needs, and a backend may compute. */
const RESOLVED_FIELDS = ['version', 'dependencies', 'optional-dependencies', 'requires-python'];

/**
 * What an sdist's files say that any build of it must keep to: PKG-INFO without dynamic fields (PEP 643), or
 * `[project]` without them (PEP 621).
 */
export function staticMetadata({ metadata, pyproject }: ArchiveTexts): StaticMetadata | undefined {
  return (
    (metadata === undefined ? undefined : ofPkgInfo(metadata)) ??
    (pyproject === undefined ? undefined : ofProject(pyproject))
  );
}

function ofPkgInfo(text: string): StaticMetadata | undefined {
  const [head = ''] = text.replaceAll('\r\n', '\n').split('\n\n', 1);
  const version = /^Metadata-Version: *(\S+)/im.exec(head)?.[1];
  if (version === undefined || compareVersions(version, '2.2') < 0) return undefined;
  if (/^Dynamic: *(Version|Requires-Dist|Provides-Extra|Requires-Python)\s*$/im.test(head)) return undefined;
  return complete(parseMetadata(text));
}

function ofProject(text: string): StaticMetadata | undefined {
  const project = TomlFile.parse(text, 'pyproject.toml').tableAt('project');
  if (project === undefined) return undefined;
  const dynamic: readonly unknown[] = Array.isArray(project.dynamic) ? project.dynamic : [];
  if (RESOLVED_FIELDS.some((field) => dynamic.includes(field))) return undefined;
  const optional = isTable(project['optional-dependencies']) ? project['optional-dependencies'] : {};
  const python = project['requires-python'];
  return complete({
    ...(typeof project.name === 'string' ? { name: project.name } : {}),
    ...(typeof project.version === 'string' ? { version: project.version } : {}),
    requiresDist: [
      ...texts(project, 'dependencies'),
      ...Object.keys(optional).flatMap((extra) => texts(optional, extra).map((line) => ofExtra(line, extra))),
    ],
    ...(typeof python === 'string' ? { requiresPython: python } : {}),
    providesExtra: Object.keys(optional),
  });
}

function ofExtra(line: string, extra: string): string {
  const [, requirement = '', marker] = /^([^;]*?)\s*(?:;\s*(.*))?$/s.exec(line) ?? [];
  const condition = `extra == "${extra}"`;
  return `${requirement} ; ${marker === undefined ? condition : `(${marker}) and ${condition}`}`;
}

function texts(table: TomlTable, key: string): string[] {
  const list = table[key];
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
}

function complete(metadata: SdistMetadata): StaticMetadata | undefined {
  const { name, version } = metadata;
  return name === undefined || version === undefined ? undefined : { ...metadata, name, version };
}
