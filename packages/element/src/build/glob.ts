import { nameGlob } from '../base/glob.js';

/**
 * BuildStream's globs over paths (`public.bst.split-rules`, `overlap-whitelist`): those over names, with a leading `/`
 * if none was written. The whole absolute path has to match.
 */
export function globMatcher(glob: string): (path: string) => boolean {
  return nameGlob(glob.startsWith('/') ? glob : `/${glob}`);
}
