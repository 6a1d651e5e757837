import { join, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { readTextFile } from '@wheelhouse/element/internal';
import {
  chooseInterpreter,
  platformMarkers,
  type MarkerEnvironment,
  type ProjectMetadata,
} from '@wheelhouse/python/internal';
import { baseOf } from '../stage/present-choices.js';

/**
 * What is known of the Python in a project's images. A marker that excludes a project of the workspace is evaluated
 * where the context is made: images are Linux, and their Python is that of the base image where its tag says so
 * (`python:3.12-slim`), else the one that `build-wheel` takes.
 *
 * @param directory the workspace, absolute
 */
export async function stageMarkers(
  directory: string,
  { root, name, requiresPython }: ProjectMetadata,
  environment: NodeJS.ProcessEnv,
): Promise<Partial<MarkerEnvironment>> {
  const file = posix.join(root, 'docker/dev/Dockerfile');
  const [, tagged] =
    /(?:^|\/)python:(3\.\d+)(?:[.-]|$)/.exec(baseOf(readTextFile(join(directory, file), file) ?? '') ?? '') ?? [];
  const linux = platformMarkers('linux');
  if (tagged !== undefined) return { ...linux, python_version: tagged };
  try {
    const { markers } = await chooseInterpreter({
      project: join(directory, root),
      projectName: name,
      workspace: directory,
      requiresPython,
      environment,
    });
    const { python_version, python_full_version, implementation_name, platform_python_implementation } = markers;
    return { ...linux, python_version, python_full_version, implementation_name, platform_python_implementation };
  } catch (error) {
    // Docker needs no Python of this machine.
    if (!(error instanceof ElementError)) throw error;
    return linux;
  }
}
