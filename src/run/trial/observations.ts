import type { DatabaseUse } from '../../database/trial-database.ts';
import type { ClusterMeasurement } from '../../model/cluster.ts';
import type { MeasuredLoad } from '../../model/load-result.ts';
import type { Measurement, Phase, ProcessSample, RoleCpu, TrialSpec } from '../../model/trial.ts';
import type { Probe, Reading } from '../../probe/probe.ts';
import { median } from '../../stats/descriptive.ts';
import { slopeEstimate } from '../../stats/slope.ts';
import type { ClusterControl } from '../../target/cluster-control.ts';

export interface DatabaseCopy {
  readonly url: string;
  count(sql: string): Promise<number>;
  use(): Promise<DatabaseUse>;
  drop(): Promise<void>;
}

export interface RunningTarget {
  /** null: it ran already. */
  readonly pid: number | null;
  readonly url: string;
  /** null: it ran already. */
  readonly startupMs: number | null;
  /** null: it runs already, and whose CPU and memory are its own was not said. */
  readonly probe: Probe | null;
  /** Resolves with the cause when the process ends without having been asked to; never rejects. */
  readonly died: Promise<string>;
  logTail(): string;
  /** What its limits did to it so far; null: it has none. */
  limitText(): string | null;
  /** null: it is not ours to stop. */
  stop(): Promise<StoppedTarget | null>;
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
  /** Into how many parts its warm-up is cut. k6 starts a process for each: its is whole, and nothing is known of its convergence. */
  readonly warmUpPartCount: number;
  warmUp(count: number, ratePerSec: number): Promise<{ readonly sentCount: number }>;
  measure(startAtNs: number, onWindowEnd: () => void): Promise<MeasuredLoad>;
  stop(): Promise<void>;
}

/** What was seen from the outside during the measured window. */
export interface WindowRecord {
  readonly windowMs: number;
  /** null: not known. */
  readonly target: CpuSpan | null;
  /** The target's CPU counter at the window's end. */
  readonly targetCpuMs: number | null;
  /** Processes of the target that have left its session or control group, in words. */
  readonly strayProcesses: readonly string[];
  /** null: no request is sent. */
  readonly generator: CpuSpan | null;
  readonly database: CpuSpan | null;
  readonly processCount: number | null;
  readonly threadCount: number | null;
  readonly counters: Measurement['counters'];
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
  /** As a reporter's. */
  noteWatchers(): () => boolean;
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

/** What a trial saw, filled phase by phase. */
export interface Observations {
  targetLog: string;
  slowdownFactor?: number | null;
  startupMs?: number | null;
  stopMs?: number;
  idle?: { readonly before: Reading; readonly after: Reading };
  warmupSentCount?: number;
  warmupConverged?: boolean;
  load?: MeasuredLoad | null;
  cluster?: ClusterMeasurement | null;
  window?: WindowRecord;
  afterDrainBytes?: number | null;
  /** From the window's end to the exit. */
  deferred?: { readonly cpuMs: number; readonly elapsedMs: number } | null;
}

/** The measurement, or null when the trial did not get as far as a measured window. */
export function assembleMeasurement(spec: TrialSpec, seen: Observations): Measurement | null {
  const { load, window, startupMs } = seen;
  if (load === undefined || window === undefined || startupMs === undefined) return null;
  const cpuOf = (span: CpuSpan): RoleCpu => roleCpu(span, window.windowMs, load?.counts.sentCount ?? 0);
  return {
    load,
    cluster: seen.cluster ?? null,
    windowMs: window.windowMs,
    cpu: {
      target: window.target === null ? null : cpuOf(window.target),
      generator: window.generator === null ? null : cpuOf(window.generator),
      database: window.database === null ? null : cpuOf(window.database),
    },
    idleCpuMsPerSec: idleCpu(spec, seen),
    deferredCpuMs: deferredCpu(spec, seen),
    memory: memory(seen, window),
    processCount: window.processCount,
    threadCount: window.threadCount,
    counters: window.counters,
    startupMs,
    stopMs: seen.stopMs ?? null,
    warmupConverged: seen.warmupConverged ?? null,
    warmupSentCount: seen.warmupSentCount ?? 0,
    noise: noise(seen, window),
    probe: { ...window.probe, samplingCoresUsed: window.samplingCoresUsed },
    samples: [...window.samples],
  };
}

function roleCpu({ userMs, systemMs }: CpuSpan, windowMs: number, sentCount: number): RoleCpu {
  const totalMs = userMs + systemMs;
  return {
    userMs,
    systemMs,
    totalMs,
    coresUsed: totalMs / windowMs,
    perRequestMs: sentCount === 0 ? null : totalMs / sentCount,
  };
}

function idleCpu(spec: TrialSpec, { idle }: Observations): number | null {
  if (idle === undefined || spec.idleMs === 0) return null;
  const usedMs = idle.after.cpuUserMs + idle.after.cpuSystemMs - idle.before.cpuUserMs - idle.before.cpuSystemMs;
  return (Math.max(0, wholeUs(usedMs)) / spec.idleMs) * 1000;
}

/** What a target at rest uses is no debt. */
function deferredCpu(spec: TrialSpec, seen: Observations): number | null {
  if (seen.deferred == null) return null;
  const { cpuMs, elapsedMs } = seen.deferred;
  return Math.max(0, wholeUs(cpuMs - ((idleCpu(spec, seen) ?? 0) * elapsedMs) / 1000));
}

/** The finest of the clocks counts microseconds: what a difference holds below one is rounding. */
function wholeUs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function memory(seen: Observations, window: WindowRecord): Measurement['memory'] {
  const inWindow = window.samples.filter(({ role, atMs }) => role === 'target' && atMs >= 0 && atMs <= window.windowMs);
  return {
    idleBytes: seen.idle?.after.anonBytes ?? null,
    medianBytes: medianOf(inWindow.map((sample) => sample.anonBytes)),
    peakBytes: window.peakAnonBytes,
    afterDrainBytes: seen.afterDrainBytes ?? null,
    rssMedianBytes: medianOf(inWindow.map((sample) => sample.rssBytes)),
    peakIncludingFileBytes: window.peakIncludingFileBytes,
    anonHugePagesBytes: window.anonHugePagesBytes,
    growth: growthOf(inWindow),
  };
}

/** Enough samples that the second half of a window can be judged alone. */
const halvedSampleCount = 20;

/** Over the whole of a short window, over the second half of a long one: what rose early on and then stayed is no leak. */
function growthOf(inWindow: readonly ProcessSample[]): Measurement['memory']['growth'] {
  const points = inWindow.flatMap(({ atMs, anonBytes }) =>
    anonBytes === null ? [] : [{ x: atMs / 1000, y: anonBytes }],
  );
  const late = points.length < halvedSampleCount ? points : points.slice(Math.floor(points.length / 2));
  const estimate = slopeEstimate(late, 0.95);
  if (estimate === null || estimate.interval === null) return null;
  const { low, high } = estimate.interval;
  return { bytesPerSec: estimate.value, lowBytesPerSec: low, highBytesPerSec: high };
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null);
  return known.length === 0 ? null : median(known);
}

function noise(seen: Observations, window: WindowRecord): Measurement['noise'] {
  const { windowMs, target, generator, database, machineCpuMs } = window;
  const ofRoles = [target, generator, database].reduce(
    (sum, span) => sum + (span ? span.userMs + span.systemMs : 0),
    (window.samplingCoresUsed ?? 0) * windowMs,
  );
  return {
    targetRunDelayRatio: ratio(target?.runDelayMs ?? null, windowMs),
    generatorRunDelayRatio: ratio(generator?.runDelayMs ?? null, windowMs),
    psiCpuSomeMs: window.psiCpuSomeMs,
    psiIoFullMs: window.psiIoFullMs,
    stealRatio: window.stealRatio,
    slowdownFactor: seen.slowdownFactor ?? null,
    otherProcessesCpuRatio:
      machineCpuMs === null || target === null ? null : Math.max(0, machineCpuMs - ofRoles) / Math.max(1, machineCpuMs),
  };
}

function ratio(part: number | null, whole: number): number | null {
  return part === null ? null : part / whole;
}
