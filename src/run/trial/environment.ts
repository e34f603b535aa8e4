import type { DatabaseUse } from '../../database/trial-database.ts';
import type { LoadResult } from '../../model/load-result.ts';
import type { Phase, ProcessSample } from '../../model/trial.ts';
import type { Probe } from '../../probe/probe.ts';
import type { ClusterControl } from '../../target/cluster-control.ts';

export interface DatabaseCopy {
  readonly url: string;
  count(sql: string): Promise<number>;
  use(): Promise<DatabaseUse>;
  drop(): Promise<void>;
}

export interface RunningTarget {
  readonly url: string;
  readonly startupMs: number;
  readonly probe: Probe;
  /** Resolves with the cause when the process ends without having been asked to; never rejects. */
  readonly died: Promise<string>;
  logTail(): string;
  stop(): Promise<StoppedTarget>;
  /** Ends whatever is left of it. */
  dispose(): Promise<void>;
}

export interface StoppedTarget {
  readonly stopMs: number;
  readonly exitCode: number | null;
  readonly forced: boolean;
  /** Its CPU counter at the end; null: not known. */
  readonly cpuMs: number | null;
}

export interface RunningGenerator {
  warmUp(count: number, ratePerSec: number): Promise<{ readonly sentCount: number }>;
  measure(startAtNs: number, onWindowEnd: () => void): Promise<LoadResult>;
  stop(): Promise<void>;
}

/** What was seen from the outside during the measured window. */
export interface WindowRecord {
  readonly windowMs: number;
  readonly target: CpuSpan;
  /** The target's CPU counter at the window's end. */
  readonly targetCpuMs: number;
  /** Processes of the target that have left its session or control group, in words. */
  readonly strayProcesses: readonly string[];
  /** null: no request is sent. */
  readonly generator: CpuSpan | null;
  readonly database: CpuSpan | null;
  readonly processCount: number | null;
  readonly threadCount: number | null;
  readonly samples: readonly ProcessSample[];
  readonly peakAnonBytes: number | null;
  readonly peakIncludingFileBytes: number | null;
  readonly anonHugePagesBytes: number | null;
  readonly psiCpuSomeMs: number | null;
  readonly psiIoFullMs: number | null;
  readonly stealRatio: number | null;
  /** CPU used by the whole machine in the window; null where unknown. */
  readonly machineCpuMs: number | null;
  readonly probe: { readonly cpu: string; readonly memory: string; readonly sampleIntervalMs: number };
  readonly samplingCoresUsed: number | null;
}

export interface CpuSpan {
  readonly userMs: number;
  readonly systemMs: number;
  readonly runDelayMs: number | null;
}

/** Observes a window: `close` takes the readings of its end, `end` stops sampling and gives the record. */
export interface WindowObserver {
  /** CLOCK_MONOTONIC of the window's opening. */
  readonly startAtNs: number;
  close(): void;
  end(): Promise<WindowRecord>;
}

/** Everything a trial touches. The conductor's tests pass one on virtual time. */
export interface TrialEnvironment {
  readonly signal: AbortSignal;
  /** RFC 3339, for the record only. */
  nowText(): string;
  /** Monotonic. */
  nowMs(): number;
  sleepMs(durationMs: number): Promise<void>;
  onPhase(phase: Phase): void;
  /** Duration of a fixed spin ÷ this machine's reference; null where there is no reference yet. */
  slowdownFactor(): Promise<number | null>;
  /** null for services without a database. */
  copyDatabase(): Promise<DatabaseCopy | null>;
  startTarget(databaseUrl: string | null): Promise<RunningTarget>;
  startGenerator(targetUrl: string): Promise<RunningGenerator>;
  /** `generator` is null where no request is sent. */
  observeWindow(target: RunningTarget, generator: RunningGenerator | null): Promise<WindowObserver>;
  /** The cluster behind a target, for a service that is one. */
  cluster(target: RunningTarget): ClusterControl;
}

/** The closed list of what can be wrong with a target or the database under it: each becomes a failed trial. */
type TrialFailureCode =
  | 'never-ready'
  | 'target-died'
  | 'database-lost'
  | 'wrong-answers'
  | 'requests-failed'
  | 'generator-died'
  | 'rows-disagree'
  | 'process-left'
  | 'database-budget'
  | 'cluster-uncontrollable'
  | 'ignored-sigterm'
  | 'bad-exit';

/** Ends a trial, not the run. */
export class TrialFailure extends Error {
  readonly code: TrialFailureCode;
  /** The target's last output, where no running target can be asked for it. */
  readonly logTail: string;

  constructor(code: TrialFailureCode, message: string, logTail = '') {
    super(message);
    this.name = 'TrialFailure';
    this.code = code;
    this.logTail = logTail;
  }
}
