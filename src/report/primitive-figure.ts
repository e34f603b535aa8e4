import type { PrimitiveMeasurement, PrimitiveSample } from '../model/primitive-result.ts';
import { median } from '../stats/quantile.ts';

/** What one fresh process says of an operation. */
export interface PrimitiveFigure {
  readonly wallNs: number | null;
  readonly cpuNs: number | null;
  readonly privateBytes: number | null;
  readonly osThreadCount: number | null;
  /** Not clearly dearer than the loop around it: the figure is a bound, not a measurement. */
  readonly belowLoop: boolean;
}

/** Time of an operation is the median of its samples; CPU their sum, as its clock is coarse. */
export function figureOf(measurement: PrimitiveMeasurement): PrimitiveFigure {
  const { osThreadCount } = measurement;
  if (measurement.kind === 'memory') {
    return { wallNs: null, cpuNs: null, privateBytes: measurement.privateBytes, osThreadCount, belowLoop: false };
  }
  const { samples, emptyLoop } = measurement;
  const wallNs = median(samples.map(perOperation));
  const emptyNs = median(emptyLoop.map(perOperation)) ?? 0;
  const belowLoop = wallNs !== null && emptyLoop.length > 0 && wallNs < emptyNs * clearlyDearer;
  return { wallNs, cpuNs: cpuPerOperation(samples), privateBytes: null, osThreadCount, belowLoop };
}

/** At least half of what is measured should be the operation. */
const clearlyDearer = 2;

function perOperation({ wallNs, operationCount }: PrimitiveSample): number {
  return wallNs / operationCount;
}

function cpuPerOperation(samples: readonly PrimitiveSample[]): number | null {
  if (samples.some(({ cpuNs }) => cpuNs === null)) return null;
  const operations = samples.reduce((sum, { operationCount }) => sum + operationCount, 0);
  return samples.reduce((sum, { cpuNs }) => sum + (cpuNs ?? 0), 0) / operations;
}
