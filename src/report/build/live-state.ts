import { describeQuestion, questionOf } from '../../model/cell-key.ts';
import type { Measurement, Phase, Trial, TrialSpec } from '../../model/trial.ts';
import { formatFigure, formatNumber, noValue, orDash } from '../format.ts';

/** What a live page shows, all of it text that is ready to be shown. */
export interface LiveState {
  readonly title: string;
  /** What goes on that is no trial. */
  readonly step: string;
  readonly doneCount: number;
  readonly plannedCount: number;
  readonly now: LiveTrial | null;
  /** Oldest first. */
  readonly trials: readonly LiveRow[];
  /** null: the run goes on. */
  readonly end: string | null;
}

/** The trial that is being made. */
export interface LiveTrial {
  readonly what: string;
  readonly phase: Phase;
  /** null: no window has been open for a second. */
  readonly figures: LiveFigures | null;
  /** p50 of each second so far. */
  readonly secondsMs: readonly number[];
}

interface LiveFigures {
  readonly elapsed: string;
  readonly rate: string;
  readonly cpu: string;
  readonly p50: string;
}

export interface LiveRow {
  readonly implementation: string;
  readonly question: string;
  readonly attempt: string;
  readonly status: Trial['status'];
  readonly cpuMs: string;
  readonly p50Ms: string;
  readonly memoryMib: string;
  readonly note: string;
}

/** As `TrialSecond` in the reporter of a run. */
interface Second {
  readonly elapsedMs: number;
  readonly measureMs: number;
  readonly ratePerSec: number;
  readonly cpuPerRequestMs: number | null;
  readonly responseP50Ms: number | null;
}

export const initialLiveState: LiveState = {
  title: 'A run',
  step: 'preparing',
  doneCount: 0,
  plannedCount: 0,
  now: null,
  trials: [],
  end: null,
};

export function describeSpec(spec: TrialSpec): string {
  return `${spec.implementation}, ${describeQuestion(questionOf(spec))}`;
}

export function liveFigures({ elapsedMs, measureMs, ...figures }: Second): LiveFigures {
  return {
    elapsed: `${Math.min(Math.round(elapsedMs / 1000), Math.ceil(measureMs / 1000))} of ${measureMs / 1000} s`,
    rate: formatNumber(figures.ratePerSec),
    cpu: orDash(figures.cpuPerRequestMs, formatNumber),
    p50: orDash(figures.responseP50Ms, formatNumber),
  };
}

export function liveRow(trial: Trial): LiveRow {
  const { spec, status, measurement } = trial;
  return {
    implementation: spec.implementation,
    question: describeQuestion(questionOf(spec)),
    attempt: spec.attempt > 1 ? `${spec.repetition}, attempt ${spec.attempt}` : String(spec.repetition),
    status,
    ...figuresOf(measurement),
    note: noteOf(trial),
  };
}

function figuresOf(measurement: Measurement | null): Pick<LiveRow, 'cpuMs' | 'p50Ms' | 'memoryMib'> {
  if (measurement === null) return { cpuMs: noValue, p50Ms: noValue, memoryMib: noValue };
  return {
    cpuMs: orDash(measurement.cpu.target?.perRequestMs, formatNumber),
    p50Ms: orDash(measurement.load?.responseTime.p50Ms, formatNumber),
    memoryMib: orDash(measurement.memory.medianBytes, (bytes) => formatFigure('bytes', bytes)),
  };
}

function noteOf(trial: Trial): string {
  if (trial.status === 'failed') return trial.message.split('\n')[0] ?? '';
  if (trial.status === 'ok') return trial.latencyDiscarded ? 'latency discarded' : '';
  return trial.reasons.map(({ message }) => message).join('; ');
}
