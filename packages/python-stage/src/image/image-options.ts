import { posix } from 'node:path';
import { ElementError } from '@wheelhouse/element';
import { throwCollected } from '@wheelhouse/element/internal';

import type { Manifest } from '../wheelhouse/manifest.js';
import type { ImageSettings } from './image-config.js';

/** A name of the distribution specification with a tag, or without. */
const NAME = /^[a-z0-9]+(?:(?:[._]|__|-+|\/|:\d+\/)[a-z0-9]+)*(?::[\w][\w.-]{0,127})?$/;
const PORT = /^(\d{1,5})(?:\/(?:tcp|udp|sctp))?$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Checks what the schema of the options cannot say. @throws ElementErrors IMAGE, all that are found */
export function checkImageOptions(options: ReleaseImageOptions): void {
  const { tag, user, workdir, expose = [], env = {}, entrypoint, command } = options;
  const errors: ElementError[] = [];
  const fail = (option: string, value: unknown, hint: string): void => {
    const message = `the option \`${option}\` is \`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
    errors.push(new ElementError({ code: 'IMAGE', message, hint }));
  };
  if (tag !== undefined && !NAME.test(tag)) {
    fail('tag', tag, 'it must be a lowercase name with a tag, such as `registry.example.org/shop/app:1.0`');
  }
  if (user !== undefined && (!Number.isInteger(user) || user < 1 || user > 65_535)) {
    fail('user', user, 'it must be a number from 1 to 65535: applications do not run as root');
  }
  if (workdir !== undefined && !posix.isAbsolute(workdir)) fail('workdir', workdir, 'it must be an absolute path');
  for (const port of expose) {
    if (!isPort(port)) fail('expose', port, 'it must be a port such as `8000` or `53/udp`');
  }
  for (const name of Object.keys(env)) {
    if (!VARIABLE.test(name)) fail('env', name, 'the name of a variable has letters, digits and `_`');
  }
  if (entrypoint?.length === 0) fail('entrypoint', entrypoint, 'it must be a program with its arguments');
  if (command?.length === 0) fail('command', command, 'it must be a program with its arguments');
  throwCollected(errors);
}

function isPort(text: string): boolean {
  const port = Number(PORT.exec(text)?.[1] ?? 0);
  return port >= 1 && port <= 65_535;
}

/** The default name of an image. A tag cannot contain the `+` of a local version. */
export function imageName({ project, version }: Pick<Manifest, 'project' | 'version'>): string {
  return `${project.toLowerCase().replaceAll(/[._-]+/g, '-')}:${version.replaceAll('+', '_')}`;
}

/** What is asked of {@link releaseImage}. */
export interface ReleaseImageOptions extends ImageSettings {
  /** `oci:DIRECTORY`, `archive:FILE` or the name of an engine's image, each with or without `@sha256:...`. */
  readonly base?: string;
  /** Who takes the image beside the directory it is written to. Default `none`. */
  readonly engine?: 'none' | 'docker';
  /** The image's name, with or without a tag. Default: the project's name and version. */
  readonly tag?: string;
  /** The number of the user and the group that the application runs as. Default 10001. */
  readonly user?: number;
}
