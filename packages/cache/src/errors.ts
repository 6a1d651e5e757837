import { ElementError } from '@wheelhouse/element';

declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A setting of the cache server is missing, unknown or not as it must be. */
    CACHE_SETTINGS: true;
    /** The file of tokens cannot be read, or does not hold what it must. */
    CACHE_TOKENS: true;
    /** The data directory of the cache cannot be used. */
    CACHE_DATA: true;
  }
}

/** The codes of user errors that this package adds to those of `@wheelhouse/element`. */
export type CacheErrorCode = 'CACHE_SETTINGS' | 'CACHE_TOKENS' | 'CACHE_DATA';

/** A user's error of this package without a place in a file. */
export function cacheError(code: CacheErrorCode, message: string, hint?: string, cause?: unknown): ElementError {
  return new ElementError({ code, message, hint, cause });
}
