import type { LoadResult } from '../model/load-result.ts';
import type { Measurement, RoleCpu, Trial, TrialSpec } from '../model/trial.ts';
import type { Warning } from '../model/warning.ts';

/** Where the line is drawn between a result and a doubt; the reasons are in docs/method.md. */
export const limits = {
  generatorCoresUsed: 0.8,
  sentRatio: 0.995,
  lostRatio: 0.005,
  spinRatio: 1.5,
  stealRatio: 0.05,
  wokeLateOfResponseP50: 0.1,
  wokeLateP99Ms: 2,
  wokeLateP99OfResponseP50: 0.25,
  waitedMs: 1,
  otherCpuRatio: 0.05,
} as const;

interface Reason {
  readonly code: string;
  readonly message: string;
}

export interface Unjudged {
  readonly spec: TrialSpec;
  readonly startedAt: string;
  readonly measurement: Measurement;
  readonly warnings: readonly Warning[];
  readonly targetLog: string;
}

/** Decides whose fault a trial's trouble was: failed (wrong), invalid (generator, machine), overloaded (target), else ok. */
export function judge({ spec, startedAt, measurement, warnings: given, targetLog }: Unjudged): Trial {
  const warnings = [...given, ...doubts(measurement)];
  const wrong = wrongness(measurement);
  if (wrong !== null) {
    return { status: 'failed', spec, startedAt, phase: 'drive', ...wrong, logTail: targetLog, measurement, warnings };
  }
  const measured = { spec, startedAt, measurement, warnings };
  const invalid = invalidity(measurement);
  if (invalid.length > 0) return { status: 'invalid', ...measured, reasons: invalid };
  const overload = [...lostRequests(spec, measurement), ...lostLeaders(spec, measurement)];
  if (overload.length > 0) return { status: 'overloaded', ...measured, reasons: overload };
  return { status: 'ok', ...measured, latencyVoid: isLatencyVoid(measurement) };
}

function wrongness({ load }: Measurement): Reason | null {
  if (load === null) return null;
  const { wrongCount, failedCount } = load.counts;
  const examples = load.errors.slice(0, 3).map(({ reason, count }) => `${count} × ${reason}`);
  const why = examples.length > 0 ? `: ${examples.join('; ')}` : '';
  if (wrongCount > 0) return { code: 'wrong-answers', message: `${wrongCount} wrong answers${why}` };
  if (failedCount > 0) return { code: 'requests-failed', message: `${failedCount} requests without an answer${why}` };
  return null;
}

function invalidity({ cpu, load, noise }: Measurement): Reason[] {
  return [...(load === null ? [] : generatorFaults(load, cpu.generator)), ...machineFaults(noise)];
}

function generatorFaults(load: LoadResult, cpu: RoleCpu | null): Reason[] {
  const reasons: Reason[] = [];
  const cores = (cpu?.coresUsed ?? 0) / load.generator.threadCount;
  if (cores > limits.generatorCoresUsed) {
    reasons.push({
      code: 'generator-busy',
      message: `the generator used ${percent(cores)} of its core (limit ${percent(limits.generatorCoresUsed)})`,
    });
  }
  const sent = load.counts.sentCount / Math.max(1, load.counts.scheduledCount);
  if (sent < limits.sentRatio && !wasHeldUp(load)) {
    reasons.push({
      code: 'too-few-sent',
      message: `only ${percent(sent)} of the due requests were sent although connections were free`,
    });
  }
  return reasons;
}

function machineFaults(noise: Measurement['noise']): Reason[] {
  const reasons: Reason[] = [];
  if (noise.spinRatio !== null && noise.spinRatio > limits.spinRatio) {
    reasons.push({
      code: 'slow-machine',
      message: `a fixed spin took ${noise.spinRatio.toFixed(2)} × its reference just before`,
    });
  }
  if (noise.stealRatio !== null && noise.stealRatio > limits.stealRatio) {
    reasons.push({ code: 'stolen-cpu', message: `the hypervisor took ${percent(noise.stealRatio)} of the CPU away` });
  }
  return reasons;
}

/** Requests refused or lost while a leader is away are what a workload that crashes leaders is about. */
function lostRequests({ cluster }: TrialSpec, { load }: Measurement): Reason[] {
  if (load === null || cluster?.act === 'crash-under-load') return [];
  return overloads(load);
}

/** A leader that was lost although nobody touched it: this cluster is too much for its host. */
function lostLeaders(spec: TrialSpec, { cluster }: Measurement): Reason[] {
  if (cluster === null || spec.cluster?.act !== 'watch') return [];
  const { termBefore, termAfter, leaderAfter } = cluster;
  if (leaderAfter !== null && termBefore === termAfter) return [];
  const end = leaderAfter === null ? 'and there was no leader at the end' : `and node ${leaderAfter} led at the end`;
  const message = `the leader was lost though nobody crashed it: term ${termBefore} became ${termAfter}, ${end}`;
  return [{ code: 'leader-lost', message }];
}

function overloads(load: LoadResult): Reason[] {
  const { scheduledCount, refusedCount, timedOutCount, unsentCount, inFlightCount } = load.counts;
  const reasons: Reason[] = [];
  const lost = (refusedCount + timedOutCount + unsentCount + inFlightCount) / Math.max(1, scheduledCount);
  if (lost > limits.lostRatio) {
    reasons.push({
      code: 'not-kept-up',
      message: `${refusedCount > 0 ? `${refusedCount} refused, ` : ''}${timedOutCount} timed out, ${unsentCount} unsent, ${inFlightCount} unanswered of ${scheduledCount}`,
    });
  }
  if (wasHeldUp(load))
    reasons.push({
      code: 'connections-busy',
      message: `requests waited for a free connection (p90 ${load.waited.p90Ms?.toFixed(1)} ms)`,
    });
  return reasons;
}

/** Whether requests that were due found every connection taken: the target's doing, not the generator's. */
function wasHeldUp({ waited, counts }: LoadResult): boolean {
  return (waited.p90Ms ?? waited.p50Ms ?? 0) > limits.waitedMs || counts.timedOutCount > 0 || counts.inFlightCount > 0;
}

/** Only the generator's late waking voids a latency; CPU and memory stand. */
function isLatencyVoid({ load }: Measurement): boolean {
  if (load === null) return false;
  const response = load.response.p50Ms;
  const late = load.wokeLate;
  if (response === null || late.p50Ms === null) return false;
  if (late.p50Ms > limits.wokeLateOfResponseP50 * response) return true;
  const bound = Math.max(limits.wokeLateP99Ms, limits.wokeLateP99OfResponseP50 * response);
  return late.p99Ms !== null && late.p99Ms > bound;
}

function doubts({ noise }: Measurement): Warning[] {
  const warnings: Warning[] = [];
  if (noise.otherCpuRatio !== null && noise.otherCpuRatio > limits.otherCpuRatio) {
    warnings.push({
      code: 'other-cpu',
      message: `${percent(noise.otherCpuRatio)} of the machine's CPU went to none of target, generator and database`,
      advice: 'close other programs',
    });
  }
  return warnings;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
