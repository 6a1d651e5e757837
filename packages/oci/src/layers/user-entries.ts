import { type BlobStore, type Digest } from '@wheelhouse/element';
import { readBlob } from '@wheelhouse/element/internal';
import { lookUp } from './tree-lookup.js';

/** The user that an application runs as. */
export interface ImageUser {
  /** User and group. */
  readonly id: number;
  /** Absolute path. */
  readonly home: string;
  /** The text that a file of accounts is to have, by its absolute path; none if the base knows the user. */
  readonly files: Readonly<Record<string, string>>;
}

/** The name of the user where the base has none of that number. */
const NAME = 'app';

/** The user of a number in a base image, and what has to be added for it: names are looked up by many programs. */
export async function userOf(blobs: BlobStore, root: Digest, id: number): Promise<ImageUser> {
  const read = async (path: string): Promise<string> => {
    const found = await lookUp(blobs, root, path);
    return found?.type === 'file' ? Buffer.from(await readBlob(blobs, found.digest)).toString('utf8') : '';
  };
  const [passwd, group] = [await read('/etc/passwd'), await read('/etc/group')];
  const known = records(passwd).find((record) => record[2] === String(id));
  if (known !== undefined) return { id, home: known[5] ?? '/', files: {} };
  const name = records(passwd).some(([taken]) => taken === NAME) ? `${NAME}${id}` : NAME;
  const home = `/home/${name}`;
  const hasGroup = records(group).some((record) => record[2] === String(id));
  return {
    id,
    home,
    files: {
      '/etc/passwd': `${whole(passwd)}${name}:x:${id}:${id}::${home}:/usr/sbin/nologin\n`,
      ...(hasGroup ? {} : { '/etc/group': `${whole(group)}${name}:x:${id}:\n` }),
    },
  };
}

/** The records of a file of accounts (passwd(5), group(5)). */
function records(text: string): string[][] {
  return text.split('\n').map((line) => line.split(':'));
}

function whole(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
