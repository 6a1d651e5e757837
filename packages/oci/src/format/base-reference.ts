import { isAbsolute, posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';

/** Where a base image is taken from. */
export type BaseReference =
  /** A directory with an OCI image layout; relative to the workspace. */
  | { readonly type: 'layout'; readonly path: string; readonly digest?: string }
  /** A tar archive of such a layout, or of `docker save`; relative to the workspace. */
  | { readonly type: 'archive'; readonly path: string; readonly digest?: string }
  /** An image of a registry, which no engine is needed for. */
  | ({ readonly type: 'registry'; readonly digest?: string } & RegistryName)
  /** An image of the Docker engine, which may pull it. */
  | { readonly type: 'engine'; readonly name: string; readonly digest?: string };

/** Where in which registry an image is (OCI distribution specification, "Pulling manifests"). */
export interface RegistryName {
  /** With the port, if there is one. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

const PREFIXES = { 'oci:': 'layout', 'archive:': 'archive' } as const;
const REGISTRY = 'registry:';
/** What names without a host mean, as engines read them. */
const HUB = { host: 'registry-1.docker.io', official: 'library/' };
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** A name of the distribution specification, with an optional tag. */
const NAME = /^[a-z0-9]+(?:[._:/-]+[A-Za-z0-9]+)*$/;

/**
 * Reads the option `base`: `oci:DIRECTORY`, `archive:FILE`, `registry:NAME` or an image name, each with or without
 * `@sha256:...`.
 *
 * @throws ElementError IMAGE
 */
export function parseBaseReference(text: string): BaseReference {
  const at = text.lastIndexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const place = at === -1 ? text : text.slice(0, at);
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw wrong(text, `\`${digest}\` is not a digest`, 'a digest is `sha256:` and 64 hexadecimal digits');
  }
  const pin = digest === undefined ? {} : { digest };
  for (const [prefix, type] of Object.entries(PREFIXES) as [keyof typeof PREFIXES, 'layout' | 'archive'][]) {
    if (!place.startsWith(prefix)) continue;
    const path = place.slice(prefix.length);
    if (path === '') throw wrong(text, 'the path is missing', `write \`${prefix}PATH\``);
    return { type, path: isAbsolute(path) ? path : posix.normalize(path), ...pin };
  }
  const isRegistry = place.startsWith(REGISTRY);
  const name = isRegistry ? place.slice(REGISTRY.length) : place;
  if (NAME.test(name)) {
    return isRegistry ? { type: 'registry', ...registryName(name), ...pin } : { type: 'engine', name, ...pin };
  }
  throw wrong(
    text,
    'it is not an image name',
    'a base is `oci:DIRECTORY`, `archive:FILE`, `registry:NAME` or an image name such as `python:3.12-slim`',
  );
}

/** The first part of a name is a host if it has a dot or a port, or is `localhost`; the tag follows the last colon. */
function registryName(name: string): RegistryName {
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const [path, tag] = hasTag ? [name.slice(0, colon), name.slice(colon + 1)] : [name, 'latest'];
  const slash = path.indexOf('/');
  const first = path.slice(0, Math.max(slash, 0));
  if (/[.:]|^localhost$/.test(first)) return { host: first, repository: path.slice(slash + 1), tag };
  return { host: HUB.host, repository: slash === -1 ? HUB.official + path : path, tag };
}

function wrong(text: string, what: string, hint: string): ElementError {
  return new ElementError({ code: 'IMAGE', message: `the base \`${text}\`: ${what}`, hint });
}
