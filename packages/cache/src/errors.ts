import { ElementError } from '@wheelhouse/element';

declare module '@wheelhouse/element' {
  interface ErrorCodes {
    /** A setting of the cache server is missing, unknown or not valid. */
    CACHE_SETTINGS: true;
    /** The token file cannot be read, or is not valid. */
    CACHE_TOKENS: true;
    /** The data directory of the cache cannot be used. */
    CACHE_DATA: true;
  }
}

/** The codes of user errors that this package adds to those of `@wheelhouse/element`. @public */
export type CacheErrorCode = 'CACHE_SETTINGS' | 'CACHE_TOKENS' | 'CACHE_DATA';

/** A user's error of this package without a place in a file. */
export function cacheError(code: CacheErrorCode, message: string, hint?: string, cause?: unknown): ElementError {
  return new ElementError({ code, message, hint, cause });
}
