import type { LoadPlan } from '../model/scenario.ts';
import { createRandom } from './random.ts';

/** When each request of an open loop is due. Knows no clock and no answer. */
export interface Schedule {
  /** Whole nanoseconds from the start to the due time of request `index` (from 0); never falls as `index` grows. */
  offsetNs(index: number): number;
}

/** The part of a load plan that decides due times: plain data, so that threads can make the same schedule. */
export type ScheduleSpec = Pick<LoadPlan, 'arrivals' | 'ratePerSec' | 'steps' | 'seed'> & { readonly share?: Share };

/** The part of one sequence that one of several senders sends: requests index, index + count, index + 2 count, … */
export interface Share {
  readonly index: number;
  readonly count: number;
}
type Steps = NonNullable<LoadPlan['steps']>;

const nsPerSec = 1e9;
const nsPerMs = 1e6;

/**
 * Each due time is computed from its index, so no error adds up: within 1 ns of exact for 100 days.
 * constant: index / rate. poisson: exponential gaps from the seed. steps: each rate held for its duration. ramp: from `ratePerSec`
 * in a straight line to each step's rate, reached at that step's end. After the last step its rate holds on.
 */
export function createSchedule(spec: ScheduleSpec): Schedule {
  const whole = createWhole(spec);
  const { share } = spec;
  return share === undefined ? whole : { offsetNs: (index) => whole.offsetNs(index * share.count + share.index) };
}

function createWhole(spec: ScheduleSpec): Schedule {
  switch (spec.arrivals) {
    case 'constant':
      return { offsetNs: (index) => Math.round((index * nsPerSec) / spec.ratePerSec) };
    case 'poisson':
      return poissonSchedule(spec.ratePerSec, spec.seed);
    case 'steps':
      return piecewiseSchedule(stepSegments(requireSteps(spec)));
    case 'ramp':
      return piecewiseSchedule(rampSegments(spec.ratePerSec, requireSteps(spec)));
  }
}

/** The greatest rate that the schedule (its share of it) reaches. */
export function peakRatePerSec({ arrivals, ratePerSec, steps, share }: ScheduleSpec): number {
  const stepRates = (steps ?? []).map((step) => step.ratePerSec);
  const peak = arrivals === 'steps' ? Math.max(...stepRates) : Math.max(ratePerSec, ...stepRates);
  return peak / (share?.count ?? 1);
}

/** Due times of a Poisson process are sums of all gaps before: asked in order they cost one draw each, backwards a replay. */
function poissonSchedule(ratePerSec: number, seed: number): Schedule {
  let random = createRandom(seed);
  let drawnCount = 0;
  let dueNs = 0;
  const offsetNs = (index: number) => {
    if (index < drawnCount - 1) {
      random = createRandom(seed);
      drawnCount = 0;
      dueNs = 0;
    }
    for (; drawnCount <= index; drawnCount++) dueNs += Math.round((random.exponential() * nsPerSec) / ratePerSec);
    return dueNs;
  };
  return { offsetNs };
}

/** A stretch of time in which the rate changes evenly (or not at all). */
interface Segment {
  readonly startNs: number;
  /** Requests due before the segment, with a fraction. */
  readonly startCount: number;
  readonly ratePerSec: number;
  readonly slopePerSec2: number;
}

function stepSegments(steps: Steps): Segment[] {
  return joinSegments(steps.map(({ ratePerSec, durationMs }) => ({ from: ratePerSec, to: ratePerSec, durationMs })));
}

function rampSegments(startRatePerSec: number, steps: Steps): Segment[] {
  const lines = steps.map(({ ratePerSec, durationMs }, index) => ({
    from: steps[index - 1]?.ratePerSec ?? startRatePerSec,
    to: ratePerSec,
    durationMs,
  }));
  const last = lines[lines.length - 1]?.to ?? startRatePerSec;
  return joinSegments([...lines, { from: last, to: last, durationMs: 0 }]);
}

function joinSegments(lines: readonly { from: number; to: number; durationMs: number }[]): Segment[] {
  let startNs = 0;
  let startCount = 0;
  return lines.map(({ from, to, durationMs }) => {
    const durationSec = durationMs / 1000;
    const slopePerSec2 = durationSec > 0 ? (to - from) / durationSec : 0;
    const segment = { startNs, startCount, ratePerSec: from, slopePerSec2 };
    startNs += durationMs * nsPerMs;
    startCount += ((from + to) / 2) * durationSec;
    return segment;
  });
}

function piecewiseSchedule(segments: readonly Segment[]): Schedule {
  const latestFirst = segments.toReversed();
  const offsetNs = (index: number) => {
    const segment = latestFirst.find(({ startCount }) => startCount <= index);
    if (segment === undefined) throw new RangeError(`no request ${index}: indexes count from 0`);
    return Math.round(segment.startNs + secondsToReach(segment, index - segment.startCount) * nsPerSec);
  };
  return { offsetNs };
}

/** Solves rate·t + slope·t²/2 = count for t, in the form that loses no digits when the slope is small. */
function secondsToReach({ ratePerSec, slopePerSec2 }: Segment, count: number): number {
  const discriminant = Math.max(0, ratePerSec * ratePerSec + 2 * slopePerSec2 * count);
  return (2 * count) / (ratePerSec + Math.sqrt(discriminant));
}

function requireSteps(spec: ScheduleSpec): Steps {
  if (spec.steps === null || spec.steps.length === 0)
    throw new RangeError(`a load plan with arrivals '${spec.arrivals}' needs steps`);
  return spec.steps;
}
