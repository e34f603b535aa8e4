import { countOf } from '../../compare/text.ts';
import type { Preparation } from '../../model/run-result.ts';
import { isIncorrect, type OkTrial, type Trial } from '../../model/trial.ts';
import type { Note } from '../model.ts';
import { groupByMessage } from './message-groups.ts';

/** Everything about a row that its numbers do not say, worst first. */
export function notesOf(
  preparation: Preparation,
  trials: readonly Trial[],
  counted: readonly OkTrial[],
  planned: number,
): Note[] {
  const fromPreparation = preparationNotes(preparation);
  if (fromPreparation.length > 0) return fromPreparation;
  return [
    ...failedNotes(trials.filter(isIncorrect)),
    ...failedNotes(trials.filter((trial) => !isIncorrect(trial))),
    ...reasonNotes(trials, 'overloaded', 'did not sustain the rate', 'Use a lower rate: --rate N.'),
    ...reasonNotes(trials, 'invalid', 'not counted', 'Repeat on a quieter machine, or with more cores.'),
    ...latencyDiscardedNotes(counted),
    ...warmupNotes(counted),
    ...risingMemoryNotes(counted),
    ...unfinishedNotes(trials, planned),
  ];
}

function preparationNotes(preparation: Preparation): Note[] {
  if (preparation.status === 'skipped') {
    return [
      {
        kind: 'skipped',
        label: 'skipped',
        trialCount: 0,
        text: `skipped: ${preparation.reason}`,
        remedy: preparation.remedy,
      },
    ];
  }
  if (preparation.status === 'failed') {
    const text = `failed before any trial (${preparation.code}): ${preparation.message}`;
    return [{ kind: 'failed', label: preparation.code, trialCount: 0, text, remedy: null }];
  }
  if (preparation.status === 'imported') return [];
  const { conformance } = preparation;
  if (conformance.status === 'passed') return [];
  const [first] = conformance.failures;
  const text = `breaks the contract in ${conformance.failures.length} of ${conformance.checkCount} checks${first === undefined ? '' : `, first: ${first}`}`;
  return [
    {
      kind: 'failed',
      label: 'breaks the contract',
      trialCount: 0,
      text,
      remedy: `npm run bench -- conform ${preparation.manifest.id}`,
    },
  ];
}

function failedNotes(trials: readonly Trial[]): Note[] {
  const failed = trials.filter((trial) => trial.status === 'failed');
  const causes = groupByMessage(failed, ({ phase, code, message }) => `failed in ${phase} (${code}): ${message}`);
  return causes.map(({ message, members }) => ({
    kind: 'failed',
    label: members.some(isIncorrect) ? 'wrong' : `failed in ${members[0]?.phase ?? 'an unknown phase'}`,
    trialCount: members.length,
    text: `${message} (${countOf(members.length, 'trial')})`,
    remedy: null,
  }));
}

function reasonNotes(
  trials: readonly Trial[],
  status: 'overloaded' | 'invalid',
  meaning: string,
  remedy: string,
): Note[] {
  const concerned = trials.filter((trial) => trial.status === status);
  if (concerned.length === 0) return [];
  const reasons = concerned.flatMap((trial) => ('reasons' in trial ? trial.reasons : []));
  const causes = groupByMessage(reasons, ({ message }) => message).map(({ message }) => message);
  const text = `${status} in ${countOf(concerned.length, 'trial')} (${meaning}): ${causes.join('; ')}`;
  return [{ kind: status, label: status, trialCount: concerned.length, text, remedy }];
}

function latencyDiscardedNotes(counted: readonly OkTrial[]): Note[] {
  const count = counted.filter((trial) => trial.latencyDiscarded).length;
  if (count === 0) return [];
  return [
    {
      kind: 'latency-discarded',
      label: 'latency discarded',
      trialCount: count,
      text: 'latency discarded: the generator’s delay was too large; CPU and memory stand',
      remedy: 'Repeat on a quieter machine, or with more cores.',
    },
  ];
}

function warmupNotes(counted: readonly OkTrial[]): Note[] {
  const count = counted.filter((trial) => trial.measurement.warmupConverged === false).length;
  if (count === 0) return [];
  return [
    {
      kind: 'warmup-not-converged',
      label: 'warm-up not converged',
      trialCount: count,
      text: 'warm-up not converged: CPU per request was still changing at its end',
      remedy: 'Use a longer warm-up: --warmup N.',
    },
  ];
}

/** Slower than this is not worth a word: a leak of 0.1 MiB/s takes an hour for 350 MiB. */
const minGrowthBytesPerSec = 100 * 1024;

/** A heap of V8 still fills in the first minute of a window, as fast as a leak of 1 MiB/s (decision 0018). */
const minJudgedWindowMs = 120_000;

function isRising({ spec: { loadPlan }, measurement: { memory } }: OkTrial): boolean {
  return loadPlan.measureMs >= minJudgedWindowMs && (memory.growth?.lowBytesPerSec ?? 0) > minGrowthBytesPerSec;
}

/** With the slope of the median trial and its interval, over the second half of its window. */
function risingMemoryNotes(counted: readonly OkTrial[]): Note[] {
  const rising = counted.filter(isRising);
  if (rising.length * 2 <= counted.length) return [];
  const slopes = rising.flatMap(({ measurement }) => measurement.memory.growth ?? []);
  const middle = slopes.sort((a, b) => a.bytesPerSec - b.bytesPerSec)[slopes.length >> 1];
  if (middle === undefined) return [];
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const interval = `[${mib(middle.lowBytesPerSec)}, ${mib(middle.highBytesPerSec)}]`;
  return [
    {
      kind: 'memory-rising',
      label: 'memory rising',
      trialCount: rising.length,
      text: `memory rising: private memory still grew by ${mib(middle.bytesPerSec)} MiB/s ${interval} in the second half of the window`,
      remedy: 'Look for a leak: a heap that fills had levelled off by then.',
    },
  ];
}

function unfinishedNotes(trials: readonly Trial[], planned: number): Note[] {
  const done = new Set(trials.map((trial) => trial.spec.repetition)).size;
  if (done >= planned) return [];
  const text = `${done} of ${countOf(planned, 'planned trial')} had been made when the run ended`;
  return [{ kind: 'unfinished', label: 'unfinished', trialCount: 0, text, remedy: null }];
}
