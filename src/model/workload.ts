import type { ClusterFault } from './cluster.ts';

/** One HTTP request as a workload asks for it. Header names are lower case; Content-Length is the transport's, and Host unless given. */
export interface WorkloadRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Path with query, as it goes on the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

export interface WorkloadResponse {
  readonly status: number;
  /** A header's value by its lower-case name. */
  header(name: string): string | null;
  readonly body: Uint8Array;
}

/** One drawn operation: its request and the check of its answer. */
export interface Operation {
  /** The operation's name in the mix: the key of its own histograms. */
  readonly name: string;
  readonly request: WorkloadRequest;
  /** null when the answer is right, else what is wrong with it in a few words. Called at most once; updates the session. */
  check(response: WorkloadResponse): string | null;
  /** Where the contract lets a target say that it cannot serve now: what it said, else null. Asked before `check`, which a refused request never meets. */
  refused?(response: WorkloadResponse): string | null;
  /** Called instead of `check` when no answer came (failed, timed out) or it was refused: its outcome is unknown. */
  abandon(): void;
}

export interface ServerSentEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** What the target acknowledged, by name: the basis of the row invariants. */
export interface Acknowledged {
  readonly createdCount: number;
  readonly deletedCount: number;
  /** Creates and deletes whose answer never came: each may or may not have happened. */
  readonly uncertainCount: number;
}

/** A workload being drawn from. Same context, same stream of operations (ids and versions come from the answers). */
export interface WorkloadSession {
  /** The next operation, or null when no slot is free for it (counted as unsent). */
  next(): Operation | null;
  /** Event streams to hold open beside the operations, on connections of their own. */
  readonly streams: readonly WorkloadRequest[];
  /** A stream's event; what it completes is a latency of its own (from `startedAtNs` to now), or null. */
  onEvent(event: ServerSentEvent): { readonly operation: string; readonly startedAtNs: number } | null;
  acknowledged(): Acknowledged;
}

export interface WorkloadContext {
  readonly seed: number;
  readonly ratePerSec: number;
  readonly timeoutMs: number;
  /** The monotonic clock, in nanoseconds. */
  nowNs(): number;
  /** What the workload's `setUp` returned; absent: it has none, or nothing was asked. */
  readonly setUp?: unknown;
  /** Where several sessions share one sequence that none of them sees whole: which request of it is next. */
  readonly iteration?: () => number;
}

/** What is asked of a service, as a declaration in bench/<service>/workloads/<id>.ts, exported under the name `workload`. */
export interface Workload {
  readonly id: string;
  readonly service: string;
  /** Part of every comparison: results of different versions are not comparable. */
  readonly version: number;
  readonly description: string;
  /** Relative weights by operation name, for people and for `paceline workload`. */
  readonly mix: Readonly<Record<string, number>>;
  /** The total rate this workload is defined at; null: any rate. */
  readonly fixedRatePerSec: number | null;
  /** What is done to the cluster meanwhile; absent: nothing is. */
  readonly clusterFault?: ClusterFault;
  /**
   * No request follows from an earlier answer, and sessions know nothing of each other: several threads may each open one and
   * share the sequence. Without it, one thread sends everything.
   */
  readonly isStateless?: true;
  /** Sessions may be open side by side: each changes only what it made itself, and needs nothing of the others. */
  readonly sharesNothing?: true;
  /** No check looks at a body: they are read and counted, but not kept. */
  readonly ignoresBodies?: true;
  /** Asked of the target once before the session is opened; throws Error that says what went wrong. */
  setUp?(send: (request: WorkloadRequest) => Promise<WorkloadResponse>): Promise<unknown>;
  open(context: WorkloadContext): WorkloadSession;
}
