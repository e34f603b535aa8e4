import type { Warning } from '../model/warning.ts';
import type { PostmasterRecord } from './postmaster.ts';
import type { DatabaseNamespace } from './template.ts';

export interface DatabaseServerOptions {
  /** DATABASE_URL of the outer environment: use that server; null: run an embedded one. */
  readonly databaseUrl: string | null;
  /** Where the embedded server's programs are kept between runs. */
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  /** Called at each start, the restarts too, before the server is ready: what the cleanup registry needs to find it again. */
  onStarted(record: PostmasterRecord): void;
  /** cgroup.procs files the server enters right after its spawn. */
  readonly joinPaths: readonly string[];
  onProgress(text: string): void;
}

interface Outage {
  /** Resolves when nobody can connect any more. */
  begin(): Promise<void>;
  /** Resolves when it takes connections again. */
  end(): Promise<void>;
}

export interface DatabaseServer {
  readonly kind: 'embedded' | 'external';
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
  /** What cannot be known or checked with this server. */
  readonly warnings: readonly Warning[];
  /** The postmaster's; null when the server is not ours. */
  readonly pid: number | null;
  readonly adminUrl: string;
  readonly prepareTemplate: DatabaseNamespace['prepareTemplate'];
  /** Takes the server away and back on the same port, as a recovery test needs it; null when the server is not ours. */
  readonly outage: Outage | null;
  /** Removes all that was made. Bounded in time. Safe to call twice. */
  stop(): Promise<void>;
}
