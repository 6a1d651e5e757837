import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type BlobStore, type Digest } from '@wheelhouse/element';
import { digestOf, isAbsent, walkTree } from '@wheelhouse/element/internal';
import { projectFiles } from '@wheelhouse/python/internal';
import { childElements, parseXml, xmlText } from './xml.js';

/** A project whose files may have been measured. */
export interface MeasuredProject {
  /** Relative to the workspace. */
  readonly root: string;
  /** Absolute path. */
  readonly directory: string;
}

/** What {@link mapCoverage} works with. */
export interface CoverageInput {
  readonly blobs: BlobStore;
  /** What coverage.py wrote (Cobertura's format). */
  readonly text: string;
  /** The tree of what was installed from the wheels, from the sandbox's root on. */
  readonly installed: Digest;
  /** Where the tests lay in the sandbox. */
  readonly buildRoot: string;
  /** The project under test first, then those it needs. */
  readonly projects: readonly MeasuredProject[];
}

/**
 * A coverage report about the files of projects instead of those in the sandbox: paths become relative to the
 * workspace. An installed file stands for a file of a project whose path it ends with and whose bytes it has; what has
 * no such file keeps its path in the sandbox.
 *
 * @returns the report's text @throws ElementError ARTIFACT if it is no report
 */
export async function mapCoverage(input: CoverageInput): Promise<string> {
  const root = await parseXml(input.text, { name: '`coverage.xml`', root: ['coverage'] });
  const [sources] = childElements(root).filter(({ tagName }) => tagName === 'sources');
  const directories = sources === undefined ? [] : childElements(sources).map((each) => each.textContent ?? '');
  const files = await ProjectFiles.of(input);
  for (const measured of root.getElementsByTagName('class')) {
    const name = measured.getAttribute('filename') ?? '';
    const paths = posix.isAbsolute(name)
      ? [name]
      : [...directories, input.buildRoot].map((each) => posix.join(each, name));
    const found = await files.firstOf(paths);
    if (found !== undefined) measured.setAttribute('filename', found);
  }
  const [first, ...others] = sources === undefined ? [] : childElements(sources);
  if (first !== undefined) first.textContent = '.';
  for (const each of others) sources?.removeChild(each);
  return await xmlText(root);
}

/** Looks for the files of projects that files in the sandbox were made from. */
class ProjectFiles {
  private constructor(
    private readonly input: CoverageInput,
    /** The digests of the installed files, by their absolute paths. */
    private readonly installed: ReadonlyMap<string, Digest>,
    /** The files of each project, relative to it. */
    private readonly files: ReadonlyMap<MeasuredProject, readonly string[]>,
  ) {}

  static async of(input: CoverageInput): Promise<ProjectFiles> {
    const installed = new Map<string, Digest>();
    for await (const entry of walkTree(input.blobs, input.installed)) {
      if (entry.type === 'file') installed.set(`/${entry.path}`, entry.digest);
    }
    const files = new Map<MeasuredProject, readonly string[]>();
    for (const project of input.projects) files.set(project, (await projectFiles(project.directory)).sort());
    return new ProjectFiles(input, installed, files);
  }

  /** @returns a path relative to the workspace, or that in the sandbox if no project has the file */
  async firstOf(paths: readonly string[]): Promise<string | undefined> {
    for (const path of paths) {
      const found = await this.fileFor(path);
      if (found !== undefined) return found;
    }
    return paths.find((path) => this.installed.has(path)) ?? paths[0];
  }

  private async fileFor(path: string): Promise<string | undefined> {
    const [own] = this.input.projects;
    const inTests = posix.relative(this.input.buildRoot, path);
    if (own !== undefined && !inTests.startsWith('..') && this.files.get(own)?.includes(inTests) === true) {
      return posix.join(own.root, inTests);
    }
    const digest = this.installed.get(path);
    if (digest === undefined) return undefined;
    for (const [project, files] of this.files) {
      for (const file of files) {
        if (!endsWithPath(path, file)) continue;
        if (await holds(join(project.directory, file), digest)) return posix.join(project.root, file);
      }
    }
    return undefined;
  }
}

/** Whether an installed path may be of this file: one of the file's own ends is an end of the path. */
function endsWithPath(path: string, file: string): boolean {
  const [, ...inside] = path.split(/\/site-packages\//);
  const member = inside.join('/site-packages/');
  return member !== '' && (file === member || file.endsWith(`/${member}`));
}

async function holds(path: string, digest: Digest): Promise<boolean> {
  try {
    const bytes = await readFile(path);
    return bytes.length === digest.sizeBytes && digestOf(bytes).hash === digest.hash;
  } catch (error) {
    // Under version control still, and gone.
    if (isAbsent(error)) return false;
    throw error;
  }
}
