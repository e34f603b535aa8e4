import type { PrimitiveMeasurement, PrimitiveSample } from '../model/primitive-result.ts';
import { median } from '../stats/quantile.ts';

/** What one fresh process says of an operation. */
export interface PrimitiveFigure {
  readonly wallNs: number | null;
  readonly cpuNs: number | null;
  readonly privateBytes: number | null;
  readonly osThreadCount: number | null;
  readonly emptyLoopNs: number | null;
  /** Not clearly dearer than the loop around it: the figure is a bound, not a measurement. */
  readonly belowLoop: boolean;
}

/** Time of an operation is the median of its samples; CPU their sum, as its clock is coarse. */
export function figureOf(measurement: PrimitiveMeasurement): PrimitiveFigure {
  const { osThreadCount } = measurement;
  if (measurement.kind === 'memory') {
    const { privateBytes } = measurement;
    return { wallNs: null, cpuNs: null, privateBytes, osThreadCount, emptyLoopNs: null, belowLoop: false };
  }
  const { samples, emptyLoop } = measurement;
  const wallNs = median(samples.map(perOperation));
  const emptyLoopNs = median(emptyLoop.map(perOperation));
  const belowLoop = wallNs !== null && wallNs < (emptyLoopNs ?? 0) * clearlyDearer;
  return { wallNs, cpuNs: cpuPerOperation(samples), privateBytes: null, osThreadCount, emptyLoopNs, belowLoop };
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
