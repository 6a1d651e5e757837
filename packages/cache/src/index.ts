export type { CacheErrorCode } from './errors.js';
export { formatTier, parseTier, type Tier } from './tiers/tier.js';
export { DEFAULT_WORKSPACE, isWorkspaceName, type Principal } from './tiers/principal.js';
export { createToken, revokeToken, type TokenRequest } from './tokens/issue.js';
export { isTokenName, type TokenEntry } from './tokens/token-entry.js';
export { parseTokens, readTokens } from './tokens/token-file.js';
export { TokenGuard } from './tokens/token-guard.js';
