/**
 * What the other packages of Wheelhouse and its tests use besides the index. It is internal: names of it change and go
 * without notice. What plugins may rely on is exported by the index alone.
 */
// With either entry come the error codes that the package declares.
export type { CacheErrorCode } from './errors.js';
export { formatTier, parseTier, type Tier } from './tiers/tier.js';
export { DEFAULT_WORKSPACE, isWorkspaceName, type Principal } from './tiers/principal.js';
export { createToken, revokeToken, type TokenRequest } from './tokens/issue.js';
export { isTokenName, type TokenEntry } from './tokens/token-entry.js';
export { parseTokens, readTokens } from './tokens/token-file.js';
export { matchesPattern, tierOf, type Claims, type ClaimRule, type Grant } from './oidc/claim-rule.js';
export { IssuerFault } from './oidc/issuer-keys.js';
export type { OidcProvider } from './oidc/provider.js';
export { OidcVerifier, type OidcVerifierOptions } from './oidc/verifier.js';
export { TokenGuard } from './tokens/token-guard.js';
export type { CacheStore } from './store/cache-store.js';
export { audit, type Audit } from './store/audit.js';
export type { Collection, KeptStore, Retention, Share, SurveyedBody, SurveyedEntry } from './store/keeping.js';
export { DiskStore, type DiskStoreOptions } from './store/disk-store.js';
export { isEntryHash, isNamespace, type Commit, type EntryName, type EntryRecord } from './store/entry.js';
export { LayeredStore, type LayeredStoreOptions } from './store/layered-store.js';
export { ReadOnlyStore } from './store/read-only-store.js';
export { Bucket, type BucketOptions } from './store/s3/bucket.js';
export { keepsFirstWrites } from './store/s3/probe.js';
export { S3Store, type S3StoreOptions } from './store/s3/s3-store.js';
export { Spool, type ReceivedBody, type SpoolOptions } from './store/spool.js';
export { StoreFailure, type StoreFailureReason } from './store/store-failure.js';
export { accessOf, pullRequestShare, type Access } from './tiers/access.js';
export { TieredCache, type Hit, type Writability } from './tiers/tiered-cache.js';
export { Ledger, type LedgerOptions, type Use } from './ledger/ledger.js';
export type { TaskFact } from './ledger/task-fact.js';
export type { FactBounds } from './ledger/task-facts.js';
export { surveyEntries } from './store/disk-survey.js';
export type { EntryReport, Figures, HoldingsReport, OverviewReport, Period, ProjectReport } from './overview/report.js';
export { Overview, type OverviewQuery } from './overview/overview.js';
export { Surveyor, type EntrySurvey } from './overview/surveyor.js';
export { CacheServer } from './server/cache-server.js';
export type { Identify } from './server/authentication.js';
export { Metrics } from './server/metrics.js';
export type { LogLevel } from './config/log-level.js';
export type { ServerLimits, ServerOptions } from './server/server-options.js';
export type { Pace } from './server/slow-peer.js';
export { parseAddress, type Address } from './config/address.js';
export { formatSize, parseDuration, parseSize } from './config/quantity.js';
export { readSettingsFile, SETTINGS_FILE, type SettingSources } from './config/setting-sources.js';
export { readSettings, SETTINGS, type Settings } from './config/settings.js';
export type { FinishedTask, RunContext } from './plugin/hooks.js';
export { ArchiveFault, checkArchive, type ArchiveLimits } from './proxy/archive-check.js';
export { Proxy, type ProxyStart, type Started } from './proxy/proxy.js';
export { readProxyOptions, type ProxyOptions, type ProxySettings } from './proxy/proxy-options.js';
export type { ProxyRecord } from './proxy/proxy-record.js';
export { identityOf } from './proxy/token-source.js';
