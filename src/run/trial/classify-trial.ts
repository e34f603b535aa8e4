import type { ClusterMeasurement } from '../../model/cluster.ts';
import { isTargetSaturated } from '../../model/generator-assessment.ts';
import type { MeasuredLoad } from '../../model/load-result.ts';
import type { Measurement, Trial, TrialSpec } from '../../model/trial.ts';
import type { Warning } from '../../model/warning.ts';
import { assessLoad, type LoadAssessment } from './load-assessment.ts';

/** Where the line is drawn between a result and a doubt; the reasons are in docs/explanation/method.md. */
export const trialLimits = {
  lostRatio: 0.005,
  slowdownFactor: 1.5,
  stealRatio: 0.05,
  /** Of the window, with every task waiting for the disk. */
  diskStallRatio: 0.03,
  otherProcessesCpuRatio: 0.05,
  /** CPU after the window: this much is the end of what was in flight and an orderly exit … */
  deferredCpuMs: 1_000,
  /** … and so much of what the window itself cost. */
  deferredCpuRatio: 0.5,
} as const;

interface Reason {
  readonly code: string;
  readonly message: string;
}

interface UnclassifiedTrial {
  readonly spec: TrialSpec;
  readonly startedAt: string;
  readonly measurement: Measurement;
  readonly warnings: readonly Warning[];
  readonly targetLog: string;
}

/** Decides whose fault a trial's trouble was: failed (wrong), invalid (generator, machine), overloaded (target), else ok. */
export function classifyTrial({ spec, startedAt, measurement, warnings: given, targetLog }: UnclassifiedTrial): Trial {
  const warnings = [...given, ...machineWarnings(measurement)];
  const wrong = incorrectness(measurement);
  if (wrong !== null) {
    return { status: 'failed', spec, startedAt, phase: 'measure', ...wrong, logTail: targetLog, measurement, warnings };
  }
  const measured = { spec, startedAt, measurement, warnings };
  const verdict = generatorVerdict(measurement);
  const invalid = [...generatorReasons(verdict), ...machineReasons(measurement)];
  if (invalid.length > 0) return { status: 'invalid', ...measured, reasons: invalid };
  // Only on a machine that is fit to judge it: a slow one makes every exit expensive.
  const deferred = deferredWork(spec, measurement);
  if (deferred !== null) {
    return { status: 'failed', spec, startedAt, phase: 'stop', ...deferred, logTail: targetLog, measurement, warnings };
  }
  const overload = [...lostRequestReasons(spec, measurement), ...lostNodeReasons(spec, measurement)];
  if (overload.length > 0) return { status: 'overloaded', ...measured, reasons: overload };
  return { status: 'ok', ...measured, latencyDiscarded: verdict.status === 'invalid' };
}

function incorrectness({ load }: Measurement): Reason | null {
  if (load === null) return null;
  const { wrongCount, failedCount } = load.counts;
  const examples = load.errors.slice(0, 3).map(({ reason, count }) => `${count} × ${reason}`);
  const why = examples.length > 0 ? `: ${examples.join('; ')}` : '';
  if (wrongCount > 0) return { code: 'wrong-answers', message: `${wrongCount} wrong answers${why}` };
  if (failedCount > 0) return { code: 'requests-failed', message: `${failedCount} requests without an answer${why}` };
  return null;
}

/** CPU that requests cost after the window is CPU that the table does not show. Clusters work without being asked. */
function deferredWork({ cluster }: TrialSpec, { deferredCpuMs, cpu, load }: Measurement): Reason | null {
  if (deferredCpuMs === null || load === null || cluster !== null || cpu.target === null) return null;
  const limitMs = Math.max(trialLimits.deferredCpuMs, trialLimits.deferredCpuRatio * cpu.target.totalMs);
  if (deferredCpuMs <= limitMs) return null;
  const message = `${Math.round(deferredCpuMs)} ms of CPU after the window ended (the window itself: ${Math.round(cpu.target.totalMs)} ms): work was put off until nobody counted it`;
  return { code: 'deferred-work', message };
}

/** Where nothing was sent there is no generator to doubt. */
function generatorVerdict({ load, cpu }: Measurement): LoadAssessment {
  return load === null ? { status: 'valid' } : assessLoad(load, cpu.generator?.coresUsed);
}

function generatorReasons(verdict: LoadAssessment): readonly Reason[] {
  return verdict.status === 'invalid' && verdict.voids === 'everything' ? verdict.reasons : [];
}

/** The machine's trouble; the generator judges itself. */
function machineReasons({ noise, load, windowMs }: Measurement): Reason[] {
  const reasons: Reason[] = [];
  if (noise.slowdownFactor !== null && noise.slowdownFactor > trialLimits.slowdownFactor) {
    reasons.push({
      code: 'slow-machine',
      message: `a fixed spin took ${noise.slowdownFactor.toFixed(2)} × its reference just before`,
    });
  }
  if (noise.stealRatio !== null && noise.stealRatio > trialLimits.stealRatio) {
    reasons.push({ code: 'stolen-cpu', message: `the hypervisor took ${percent(noise.stealRatio)} of the CPU away` });
  }
  const stalledMs = noise.psiIoFullMs ?? 0;
  // All implementations write the same rows through the same database: a disk that stands still is no target's doing.
  if (load !== null && isTargetSaturated(load) && stalledMs > trialLimits.diskStallRatio * windowMs) {
    reasons.push({
      code: 'disk-stalled',
      message: `the disk stood still for ${Math.round(stalledMs)} ms while requests waited for connections`,
    });
  }
  return reasons;
}

/** Requests refused or lost while a leader is away are what a workload that crashes leaders is about. */
function lostRequestReasons({ cluster }: TrialSpec, { load }: Measurement): Reason[] {
  if (load === null || cluster?.fault === 'crash-under-load') return [];
  return overloadReasons(load);
}

/** A leader or a node that was lost although nobody touched it: this cluster is too much for its host. */
function lostNodeReasons(spec: TrialSpec, { cluster }: Measurement): Reason[] {
  if (cluster === null || spec.cluster?.fault !== 'none') return [];
  const { nodeCount, finalLiveCount } = cluster;
  const message = `${nodeCount - finalLiveCount} of ${nodeCount} nodes died by themselves`;
  return [...(finalLiveCount < nodeCount ? [{ code: 'node-lost', message }] : []), ...lostLeaderReasons(cluster)];
}

function lostLeaderReasons({ initialTerm, finalTerm, finalLeader }: ClusterMeasurement): Reason[] {
  if (finalLeader !== null && initialTerm === finalTerm) return [];
  const end = finalLeader === null ? 'and there was no leader at the end' : `and node ${finalLeader} led at the end`;
  const message = `the leader was lost though nobody crashed it: term ${initialTerm} became ${finalTerm}, ${end}`;
  return [{ code: 'leader-lost', message }];
}

function overloadReasons(load: MeasuredLoad): Reason[] {
  const { scheduledCount, refusedCount, timedOutCount, unsentCount, inFlightCount } = load.counts;
  const reasons: Reason[] = [];
  const lost = (refusedCount + timedOutCount + unsentCount + inFlightCount) / Math.max(1, scheduledCount);
  if (lost > trialLimits.lostRatio) {
    reasons.push({
      code: 'rate-not-sustained',
      message: `${refusedCount > 0 ? `${refusedCount} refused, ` : ''}${timedOutCount} timed out, ${unsentCount} unsent, ${inFlightCount} unanswered of ${scheduledCount}`,
    });
  }
  if (isTargetSaturated(load))
    reasons.push({
      code: 'connections-busy',
      message: `requests waited for a free connection (p90 ${load.connectionWait.p90Ms?.toFixed(1)} ms)`,
    });
  return reasons;
}

function machineWarnings({ noise }: Measurement): Warning[] {
  const warnings: Warning[] = [];
  if (noise.otherProcessesCpuRatio !== null && noise.otherProcessesCpuRatio > trialLimits.otherProcessesCpuRatio) {
    warnings.push({
      code: 'other-cpu',
      message: `${percent(noise.otherProcessesCpuRatio)} of the machine's CPU went to none of target, generator and database`,
      advice: 'close other programs',
    });
  }
  return warnings;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
