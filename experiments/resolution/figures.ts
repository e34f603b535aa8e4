import { atWholeSeconds, type RoundLine, type Stretch, type TrialLine } from './recording.ts';
import type { StartFigure } from './spread.ts';

/** One way of measuring, cut out of what was recorded. */
export interface Design {
  readonly label: string;
  readonly figures: readonly StartFigure[];
  /** Wall time that one process start takes in all. */
  readonly secondsPerStart: number;
}

/** Each setting of the trials, with windows of all lengths up to the recorded one. */
export function trialDesigns(lines: readonly TrialLine[]): Design[] {
  const counted = lines.filter(({ status }) => status === 'ok').map(atWholeSeconds);
  const bySetting = Map.groupBy(counted, settingText);
  return [...bySetting].flatMap(([setting, trials]) => {
    const wholeCount = Math.min(...trials.map(({ atMs }) => atMs.length - 1));
    return lengths(wholeCount).map((seconds) => ({
      label: `${setting}, window ${seconds} s`,
      figures: trials.map((trial) => trialFigure(trial, seconds)),
      secondsPerStart: medianOf(trials.map(({ wallMs, atMs }) => (wallMs - lastOf(atMs)) / 1000)) + seconds,
    }));
  });
}

function settingText({ ratePerSec, warmupCount, warmupRatePerSec }: TrialLine): string {
  return `trials, ${ratePerSec}/s, warm-up ${warmupCount} at ${warmupRatePerSec}/s`;
}

/** 2, 3, 5, 8 … and the whole. */
function lengths(wholeCount: number): number[] {
  return [...new Set([2, 3, 5, 8, 12, wholeCount])].filter((length) => length <= wholeCount);
}

/** At a fixed rate the requests of a part of the window are its length times the rate. */
function trialFigure(trial: TrialLine, seconds: number): StartFigure {
  const { implementation, session, round, ratePerSec, atMs } = trial;
  const requests = ((atMs[seconds] ?? 0) - (atMs[0] ?? 0)) * (ratePerSec / 1000);
  return {
    ...{ implementation, block: `${session}/${round}` },
    targetMs: (trial.targetMs[seconds] ?? Number.NaN) / requests,
    generatorMs: (trial.generatorMs[seconds] ?? Number.NaN) / requests,
  };
}

/** The unbroken stretches that followed the slices, on the same processes: what an ordinary window would have seen. */
function stretchDesigns(rounds: readonly RoundLine[], ratePerSec: number, fixedSeconds: number): Design[] {
  const seconds = Math.min(...rounds.map((round) => partsOf(round, 'block', 0).length));
  return lengths(seconds).map((length) => ({
    label: `the same starts, ${ratePerSec}/s, unbroken ${length} s`,
    figures: rounds.flatMap((round) =>
      round.implementations.map((_, index) => figureOf(round, index, partsOf(round, 'block', index).slice(0, length))),
    ),
    secondsPerStart: fixedSeconds + length,
  }));
}

/** With 2, 4, 6 … slices of each start, and unbroken stretches of the same starts. */
export function sliceDesigns(
  rounds: readonly RoundLine[],
  { sliceMs = 0, gapMs = 0, ratePerSec = 0, warmupCount = 0 }: Readonly<Record<string, number>>,
): Design[] {
  const sliceCount = Math.min(...rounds.map((round) => partsOf(round, 'slice', 0).length));
  const counts = Array.from({ length: Math.floor(sliceCount / 2) }, (_, index) => 2 * (index + 1));
  const fixedSeconds = medianOf(rounds.map(fixedMs)) / 1000;
  const sliced = counts.map((count) => ({
    label: `slices, ${ratePerSec}/s, warm-up ${warmupCount}, ${count} slices of ${sliceMs / 1000} s`,
    figures: rounds.flatMap((round) =>
      round.implementations.map((_, index) => figureOf(round, index, partsOf(round, 'slice', index).slice(0, count))),
    ),
    secondsPerStart: fixedSeconds + (count * (sliceMs + gapMs)) / 1000,
  }));
  return [...sliced, ...stretchDesigns(rounds, ratePerSec, fixedSeconds)];
}

/** Of each start of the round, beside its slices: copy, start, warm-up, rest, stop. */
function fixedMs({ wallMs, stretches, implementations }: RoundLine): number {
  const driven = stretches.filter(({ kind }) => kind !== 'rest').reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  return (wallMs - driven) / implementations.length;
}

/** Of one implementation, neighbours present, in their order. */
function partsOf({ stretches }: RoundLine, kind: 'slice' | 'block', driven: number): Stretch[] {
  return stretches.filter((one) => one.kind === kind && one.driven === driven && !one.isAlone);
}

function figureOf(round: RoundLine, driven: number, slices: readonly Stretch[]): StartFigure {
  const sentCount = slices.reduce((sum, slice) => sum + slice.sentCount, 0);
  const sum = (value: (slice: Stretch) => number) => slices.reduce((total, slice) => total + value(slice), 0);
  return {
    ...{ implementation: round.implementations[driven] ?? '', block: `${round.session}/${round.round}` },
    targetMs: sum(({ targetMs }) => targetMs[driven] ?? 0) / sentCount,
    generatorMs: sum(({ generatorMs }) => generatorMs) / sentCount,
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function lastOf(values: readonly number[]): number {
  return values.at(-1) ?? 0;
}
