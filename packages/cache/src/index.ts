export type { CacheErrorCode } from './errors.js';
export { formatTier, parseTier, type Tier } from './tiers/tier.js';
