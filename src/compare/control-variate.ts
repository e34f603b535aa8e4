import type { Change, Correction, Verdict } from '../model/comparison.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import { findMetric, type Metric } from '../model/metric.ts';
import type { Trial } from '../model/trial.ts';
import { type ChangeOptions, changeOf, type MetricSample, metricSample } from './change.ts';
import { changeText, percentText } from './text.ts';
import { verdictOf } from './verdict.ts';

interface ControlVariateInput {
  readonly metric: Metric;
  readonly base: readonly Trial[];
  readonly head: readonly Trial[];
  readonly raw: Change;
  /** Whether head sends other statements to the database than base. */
  readonly changesStatements: boolean;
  readonly policy: GatePolicy;
  readonly options: ChangeOptions;
}

/**
 * The change with the machine's speed taken out, by the control that the policy names for the metric (decision 0013). null:
 * it names none, or not every trial that counts has the control.
 */
export function controlVariateCorrection({
  metric,
  base,
  head,
  raw,
  policy,
  options,
  ...facts
}: ControlVariateInput): Correction | null {
  const { control: names = null, minEffectRatio = 0 } = policy.metrics[metric.id] ?? {};
  if (names === null) return null;
  const [control, reference] = [findMetric(names.metricId), findMetric(names.referenceId)];
  if (control === null) return null;
  const corrected = quotientChange(metric, control, { base, head, options });
  if (corrected === null || corrected.count !== raw.count) return null;
  const moved = reference === null ? null : quotientChange(control, reference, { base, head, options });
  const criteria = { alpha: names.alpha, minEffectRatio, ...facts };
  return chooseCorrection({ raw, corrected, control: moved }, control, criteria);
}

/** Which of the two changes is to be believed. */
export function chooseCorrection(changes: Changes, control: Metric, criteria: ControlCriteria): Correction {
  return {
    controlMetricId: control.id,
    ...changes,
    ...reasonFor(changes, control, criteria),
    widthRatio: widthRatioOf(changes),
  };
}

/** By which a control counts as changed by the commit. */
interface ControlCriteria {
  readonly alpha: number;
  readonly minEffectRatio: number;
  readonly changesStatements: boolean;
}

/** Where neither of the two can be believed. */
export function contradictionVerdict({ reason, caveat }: Correction): Verdict | null {
  if (reason !== 'contradiction' || caveat === null) return null;
  return { kind: 'inconclusive', reason: caveat, countToHalveInterval: null };
}

type Sides = Pick<ControlVariateInput, 'base' | 'head' | 'options'>;

/** Of one metric for each unit of another, in the same trials; null where a value is missing or 0. */
function quotientChange(metric: Metric, by: Metric, { base, head, options }: Sides): Change | null {
  const from: Metric['read'] = (measurement) => {
    const [part, whole] = [metric.read(measurement), by.read(measurement)];
    return part === null || whole === null || whole === 0 ? null : part / whole;
  };
  const sample = metricSample({ ...metric, isLatency: metric.isLatency || by.isLatency, read: from }, base, head);
  return hasZero(sample) ? null : changeOf(sample, options);
}

function hasZero({ base, head }: MetricSample): boolean {
  return [...base, ...head].some((value) => value <= 0);
}

type Changes = Pick<Correction, 'raw' | 'corrected' | 'control'>;
type CorrectionChoice = Pick<Correction, 'used' | 'reason' | 'caveat'>;

function reasonFor(
  { raw, corrected, control }: Changes,
  { label }: Metric,
  criteria: ControlCriteria,
): CorrectionChoice {
  if (criteria.changesStatements) {
    return {
      used: 'raw',
      reason: 'control-changed',
      caveat: 'not corrected: the commit itself changes the statements that the database is sent',
    };
  }
  if (control !== null && isControlChanged(control, criteria)) {
    const by = changeText(control);
    return {
      used: 'raw',
      reason: 'control-changed',
      caveat: `not corrected: the ${label} differs between the sides (${by})`,
    };
  }
  if (areDisjoint(raw, corrected)) {
    const both = `raw ${changeText(raw)}, corrected by the ${label} ${changeText(corrected)}`;
    return {
      used: 'corrected',
      reason: 'contradiction',
      caveat: `two ways to see it contradict each other: ${both}`,
    };
  }
  if ((corrected.logRatioSd ?? 0) >= (raw.logRatioSd ?? 0)) {
    const spreads = [corrected, raw].map(({ logRatioSd }) => percentText(logRatioSd ?? 0));
    return {
      used: 'raw',
      reason: 'wider',
      caveat: `not corrected: no narrower so (spread ${spreads[0]}, raw ${spreads[1]})`,
    };
  }
  return { used: 'corrected', reason: 'narrower', caveat: null };
}

/** By the rule for metrics that are only shown. */
function isControlChanged(control: Change, criteria: ControlCriteria): boolean {
  const { kind } = verdictOf(control, { ...criteria, better: 'lower', noiseFloorRatio: 0, familyCount: 1 });
  return kind === 'worse' || kind === 'better';
}

function areDisjoint(one: Change, other: Change): boolean {
  if (one.interval === null || other.interval === null) return false;
  return one.interval.lowRatio > other.interval.highRatio || other.interval.lowRatio > one.interval.highRatio;
}

function widthRatioOf({ raw, corrected }: Changes): number | null {
  const [wide, narrow] = [logWidth(raw), logWidth(corrected)];
  return wide === null || narrow === null || wide === 0 ? null : narrow / wide;
}

function logWidth({ interval }: Change): number | null {
  return interval === null ? null : Math.log1p(interval.highRatio) - Math.log1p(interval.lowRatio);
}
