import { metrics } from '../model/metric.ts';
import type { Noise, Trial } from '../model/trial.ts';
import { formatNumber, formatPercent } from './format.ts';
import type { NamedFigure, TrialLine } from './model.ts';

/** One trial as it was, whether it counts or not. */
export function trialLine(trial: Trial, counted: readonly Trial[]): TrialLine {
  const { measurement, spec } = trial;
  return {
    implementation: spec.implementation,
    repetition: spec.repetition,
    attempt: spec.attempt,
    slot: spec.slot,
    status: trial.status,
    counts: counted.includes(trial),
    figures: Object.fromEntries(
      metrics.map((metric) => [metric.id, measurement === null ? null : metric.from(measurement)]),
    ),
    noise: measurement === null ? [] : noiseFigures(measurement.noise),
    remarks: [...causes(trial), ...trial.warnings.map((warning) => warning.message)],
    logTail: trial.status === 'failed' ? trial.logTail : null,
  };
}

function causes(trial: Trial): string[] {
  if (trial.status === 'failed') return [`${trial.phase}: ${trial.message}`];
  if (trial.status === 'ok') return trial.latencyVoid ? ['latency void'] : [];
  return trial.reasons.map((reason) => reason.message);
}

function noiseFigures(noise: Noise): NamedFigure[] {
  const figure = (name: string, value: number | null, format: (value: number) => string) =>
    value === null ? [] : [{ name, text: format(value) }];
  return [
    ...figure('target waited for a core', noise.targetRunDelayRatio, formatPercent),
    ...figure('generator waited for a core', noise.generatorRunDelayRatio, formatPercent),
    ...figure('someone waited for a core', noise.psiCpuSomeMs, (ms) => `${formatNumber(ms)} ms`),
    ...figure('steal', noise.stealRatio, formatPercent),
    ...figure('spin against reference', noise.spinRatio, formatNumber),
    ...figure('CPU of nobody here', noise.otherCpuRatio, formatPercent),
  ];
}
