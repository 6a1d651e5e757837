import type { Element } from '@wheelhouse/element';
import { ProjectFilesSource } from '../sources/project-files.js';

/** The tree of a project's files that an element is made from, as manifests and records write it. */
export function sourceDigestOf(element: Element): string {
  const source = element.sources.find((each) => each instanceof ProjectFilesSource);
  if (source === undefined) throw new Error(`${element.name} has no files of a project`);
  return source.treeDigest;
}
