import { ElementError } from '@wheelhouse/element';
import {
  availablePackages,
  packageClosure,
  type AvailablePackage,
  type PackageIndex,
} from '@wheelhouse/element/internal';
import { mirrorOf, type MirrorAccess } from './mirror.js';
import { packageIndexes, type ReleaseContext } from './release-file.js';

/** What is asked of a distribution. */
export interface DebianRequest {
  /** Of one version of a package, that of the suite that is listed first is taken. */
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** As Debian names it. */
  readonly architecture: string;
  /** Names of packages that have to exist. */
  readonly packages: readonly string[];
  /** Names of packages that are taken if they exist. */
  readonly optional: readonly string[];
}

/**
 * The packages of a distribution that were asked for, with all that they need, as its mirrors have them now; sorted by
 * identity.
 *
 * @throws ElementError SOURCE
 */
export async function lockPackages(
  request: DebianRequest,
  context: MirrorAccess & ReleaseContext,
): Promise<AvailablePackage[]> {
  const { suites, components, architecture } = request;
  const indexes: PackageIndex[] = [];
  for (const suite of suites) {
    const mirror = await mirrorOf(suite, context);
    context.progress(`reading ${mirror.url}/dists/${suite}`);
    const texts = await packageIndexes(mirror, { suite, components, architecture }, context);
    indexes.push(...texts.map((text) => ({ suite, text })));
  }
  const all = availablePackages(indexes, architecture);
  const byName = new Map([...all.values()].map((each) => [each.name, each]));
  const place = `\`${suites.join('`, `')}\``;
  const named = request.packages.map((name) => byName.get(name) ?? fail(`there is no package \`${name}\` in ${place}`));
  const start = [...named, ...request.optional.flatMap((name) => byName.get(name) ?? [])];
  const closure = packageClosure(all, start).flatMap(({ id }) => all.get(id) ?? []);
  for (const { name, unmet } of closure) {
    const [need] = unmet;
    if (need !== undefined) fail(`\`${name}\` needs \`${need}\`, which is not in ${place}`);
  }
  return closure;
}

function fail(message: string): never {
  throw new ElementError({
    code: 'SOURCE',
    message,
    hint: 'add the suite or the component that has it',
  });
}
