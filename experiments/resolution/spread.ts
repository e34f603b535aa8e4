import { mean } from '../../src/stats/descriptive.ts';
import { studentQuantile } from '../../src/stats/distributions.ts';
import type { Interval } from '../../src/stats/interval.ts';
import { allPairsCriticalValue, chiSquareQuantile } from '../../src/stats/simultaneous.ts';

/** One process start: the unit of everything here. */
export interface StartFigure {
  readonly implementation: string;
  /** The round it belongs to. */
  readonly block: string;
  /** CPU per request, target and generator, in ms. */
  readonly targetMs: number;
  readonly generatorMs: number;
}

/** A residual standard deviation of log CPU per request. */
export interface Spread {
  readonly ratio: number;
  readonly degreesOfFreedom: number;
  /** 95 %; null below three degrees of freedom. */
  readonly interval: Interval | null;
}

export interface Spreads {
  readonly startCount: number;
  readonly blockCount: number;
  /** Around each implementation's mean. */
  readonly raw: Spread | null;
  /** And around each round's. */
  readonly blocked: Spread | null;
  /** And after the generator's own residual, times the pooled slope. */
  readonly covaried: Spread | null;
  readonly slope: { readonly value: number; readonly interval: Interval } | null;
}

/** Of the rounds in which every implementation has a figure; one of 0, which has no logarithm, is none. */
export function spreadsOf(figures: readonly StartFigure[]): Spreads {
  const ids = [...new Set(figures.map(({ implementation }) => implementation))];
  const known = figures.filter(({ targetMs, generatorMs }) => targetMs > 0 && generatorMs > 0);
  const blocks = [...Map.groupBy(known, ({ block }) => block).values()].filter(({ length }) => length === ids.length);
  const rows = (value: (figure: StartFigure) => number) =>
    blocks.map((block) =>
      ids.map((id) => Math.log(value(block.find((one) => one.implementation === id) as StartFigure))),
    );
  const target = rows(({ targetMs }) => targetMs);
  const [k, b] = [ids.length, blocks.length];
  const blockedDf = (k - 1) * (b - 1);
  const residuals = withoutRows(withoutColumns(target)).flat();
  const yardstick = withoutRows(withoutColumns(rows(({ generatorMs }) => generatorMs))).flat();
  const fitted = fittedSlope(yardstick, residuals, blockedDf - 1);
  return {
    startCount: k * b,
    blockCount: b,
    raw: spreadOfResiduals(withoutColumns(target).flat(), k * (b - 1)),
    blocked: spreadOfResiduals(residuals, blockedDf),
    covaried: fitted === null ? null : spreadOfResiduals(fitted.residuals, blockedDf - 1),
    slope: fitted?.slope ?? null,
  };
}

function withoutColumns(rows: readonly (readonly number[])[]): number[][] {
  const means = (rows[0] ?? []).map((_, column) => mean(rows.map((row) => row[column] ?? Number.NaN)));
  return rows.map((row) => row.map((value, column) => value - (means[column] ?? 0)));
}

function withoutRows(rows: readonly (readonly number[])[]): number[][] {
  return rows.map((row) => {
    const middle = mean(row);
    return row.map((value) => value - middle);
  });
}

function fittedSlope(xs: readonly number[], ys: readonly number[], degreesOfFreedom: number) {
  const square = xs.reduce((sum, x) => sum + x * x, 0);
  if (degreesOfFreedom < 1 || !(square > 0)) return null;
  const value = xs.reduce((sum, x, index) => sum + x * (ys[index] ?? 0), 0) / square;
  const residuals = ys.map((y, index) => y - value * (xs[index] ?? 0));
  const variance = residuals.reduce((sum, rest) => sum + rest * rest, 0) / degreesOfFreedom;
  const margin = studentQuantile(0.975, degreesOfFreedom) * Math.sqrt(variance / square);
  return { slope: { value, interval: { low: value - margin, high: value + margin } }, residuals };
}

/** With the interval of the chi-square distribution: for normal residuals. null below one degree of freedom. */
export function spreadOfResiduals(residuals: readonly number[], degreesOfFreedom: number): Spread | null {
  if (degreesOfFreedom < 1) return null;
  const squares = residuals.reduce((sum, rest) => sum + rest * rest, 0);
  const bound = (probabilityRatio: number) =>
    Math.sqrt(squares / chiSquareQuantile(probabilityRatio, degreesOfFreedom));
  const interval = degreesOfFreedom < 3 ? null : { low: bound(0.975), high: bound(0.025) };
  return { ratio: Math.sqrt(squares / degreesOfFreedom), degreesOfFreedom, interval };
}

/** Rounds for which a half-width is known: with one there is no error to judge by. */
export const roundCounts: readonly number[] = [2, 3, 4, 5, 6, 7, 8];

const implementationCount = 7;

/** Of Tukey's simultaneous 95 % intervals for the ratios of seven implementations, rounds as blocks; Infinity for one round. */
export function halfWidthOfSeven(spreadRatio: number, roundCount: number): number {
  const degreesOfFreedom = (implementationCount - 1) * (roundCount - 1);
  if (degreesOfFreedom < 1) return Number.POSITIVE_INFINITY;
  const critical = allPairsCriticalValue(0.95, implementationCount, degreesOfFreedom);
  return Math.expm1(critical * spreadRatio * Math.sqrt(2 / roundCount));
}

export interface MeanEstimate {
  readonly value: number;
  /** 95 %, Student's. */
  readonly interval: Interval;
  readonly count: number;
}

/** null below two values. */
export function meanEstimate(values: readonly number[]): MeanEstimate | null {
  if (values.length < 2) return null;
  const value = mean(values);
  const variance = values.reduce((sum, one) => sum + (one - value) ** 2, 0) / (values.length - 1);
  const margin = studentQuantile(0.975, values.length - 1) * Math.sqrt(variance / values.length);
  return { value, interval: { low: value - margin, high: value + margin }, count: values.length };
}
