import { filesOfManifestIn } from '@wheelhouse/python/internal';
import type { FoundPackages } from '../project/find-packages.js';
import { SetupCall } from '../python/setup-call.js';

/**
 * The files of packages that a setup.py names by `package_data`: they are in wheels without a MANIFEST.in (setuptools,
 * "Data Files Support").
 *
 * @param source setup.py's text
 */
export function packageDataOf(
  source: string,
  { dataFiles, layout, packages }: Omit<FoundPackages, 'modules'>,
): Set<string> {
  const home = layout === 'src' ? 'src/' : '';
  const globs = (SetupCall.find(source)?.dict('package_data') ?? []).flatMap(([name, patterns]) => {
    const owners = name === '' || name === '*' ? packages : [name];
    return owners.flatMap((owner) => patterns.map((pattern) => `${home}${owner.replaceAll('.', '/')}/${pattern}`));
  });
  return filesOfManifestIn(globs.map((glob) => `include ${glob}\n`).join(''), dataFiles);
}
