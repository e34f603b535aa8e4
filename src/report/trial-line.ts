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
    noise: noiseFigures(measurement?.noise ?? null),
    remarks: [...causes(trial), ...trial.warnings.map((warning) => warning.message)],
    logTail: trial.status === 'failed' ? trial.logTail : null,
  };
}

function causes(trial: Trial): string[] {
  if (trial.status === 'failed') return [`${trial.phase}: ${trial.message}`];
  if (trial.status === 'ok') return trial.latencyVoid ? ['latency void'] : [];
  return trial.reasons.map((reason) => reason.message);
}

/** Always all of them, in one order. */
function noiseFigures(noise: Noise | null): NamedFigure[] {
  const figure = (name: string, value: number | null | undefined, format: (value: number) => string) => ({
    name,
    text: value === null || value === undefined ? '–' : format(value),
  });
  return [
    figure('service waited for a core', noise?.targetRunDelayRatio, formatPercent),
    figure('generator waited for a core', noise?.generatorRunDelayRatio, formatPercent),
    figure('anyone waited, ms', noise?.psiCpuSomeMs, formatNumber),
    figure('all waited for the disk, ms', noise?.psiIoFullMs, formatNumber),
    figure('steal', noise?.stealRatio, formatPercent),
    figure('spin, 1 is quiet', noise?.spinRatio, formatNumber),
    figure('CPU of nobody here', noise?.otherCpuRatio, formatPercent),
  ];
}
