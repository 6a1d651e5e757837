/** A service of a compose file, as far as tests need it. */
export interface ComposeService {
  readonly name: string;
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Ports inside the container, such as `5432/tcp`. */
  readonly ports: readonly string[];
  /** Absolute paths inside the container with an empty file system in memory; `PATH:OPTIONS` allowed. */
  readonly tmpfs: readonly string[];
  /** Absolute paths inside the container that a volume of this run's own is at. */
  readonly volumes: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  readonly healthcheck?: HealthCheck;
  /** Services that are started before it. */
  readonly dependsOn: readonly string[];
}

/** How an engine finds out whether a service is ready. Times in nanoseconds, as engines take them. */
export interface HealthCheck {
  readonly test: readonly string[];
  readonly interval?: number;
  readonly timeout?: number;
  readonly retries?: number;
  readonly startPeriod?: number;
}
