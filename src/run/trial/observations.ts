import type { ClusterMeasurement } from '../../model/cluster.ts';
import type { LoadResult } from '../../model/load-result.ts';
import type { Measurement, ProcessSample, RoleCpu, TrialSpec } from '../../model/trial.ts';
import type { Reading } from '../../probe/probe.ts';
import { median } from '../../stats/descriptive.ts';
import { slopeEstimate } from '../../stats/slope.ts';
import type { CpuSpan, WindowRecord } from './environment.ts';

/** What a trial saw, filled phase by phase. */
export interface Observations {
  targetLog: string;
  slowdownFactor?: number | null;
  startupMs?: number;
  stopMs?: number;
  idle?: { readonly before: Reading; readonly after: Reading };
  warmupSentCount?: number;
  warmupConverged?: boolean;
  load?: LoadResult | null;
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
      target: cpuOf(window.target),
      generator: window.generator === null ? null : cpuOf(window.generator),
      database: window.database === null ? null : cpuOf(window.database),
    },
    idleCpuMsPerSec: idleCpu(spec, seen),
    deferredCpuMs: deferredCpu(spec, seen),
    memory: memory(seen, window),
    processCount: window.processCount,
    threadCount: window.threadCount,
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
    targetRunDelayRatio: ratio(target.runDelayMs, windowMs),
    generatorRunDelayRatio: ratio(generator?.runDelayMs ?? null, windowMs),
    psiCpuSomeMs: window.psiCpuSomeMs,
    psiIoFullMs: window.psiIoFullMs,
    stealRatio: window.stealRatio,
    slowdownFactor: seen.slowdownFactor ?? null,
    otherProcessesCpuRatio:
      machineCpuMs === null ? null : Math.max(0, machineCpuMs - ofRoles) / Math.max(1, machineCpuMs),
  };
}

function ratio(part: number | null, whole: number): number | null {
  return part === null ? null : part / whole;
}
