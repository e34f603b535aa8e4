/** One value of an experiment in which every block holds each treatment once: a treatment is compared, a block is what they shared. */
export interface BlockedValue {
  readonly treatment: number;
  readonly block: number;
  readonly value: number;
}

/** The additive model value = treatment + block + error, fitted by least squares. Treatments are numbered from 0. */
export interface BlockFit {
  /** Of each treatment, up to a constant that all share. */
  readonly effects: readonly number[];
  readonly degreesOfFreedom: number;
  /** Pooled over all treatments; null without a degree of freedom. */
  readonly errorVariance: number | null;
  /** Of each treatment's own errors, and how many values it has; estimated without assuming that they are alike. */
  ownVariances(): readonly { readonly variance: number; readonly count: number }[];
  /** Variance of the difference of two effects, as a sum over treatments: of each one's own variance so many times. */
  varianceWeights(first: number, second: number): readonly number[];
}

/**
 * Randomised complete blocks (Fisher 1935), of which values may be missing (Yates 1933): so no effect is blamed for the blocks it
 * lacks. Every treatment must be connected to every other by common blocks: `connectedTreatments` says which are.
 */
export function fitBlocks(values: readonly BlockedValue[], treatmentCount: number): BlockFit {
  const blocks = [...new Set(values.map(({ block }) => block))];
  const columnCount = treatmentCount + blocks.length - 1;
  const columnsOf = values.map(({ treatment, block }) => {
    const place = blocks.indexOf(block);
    return place === 0 ? [treatment] : [treatment, treatmentCount + place - 1];
  });
  const covariance = inverse(normalMatrix(columnsOf, columnCount));
  const at = (row: number, column: number) => covariance[row]?.[column] ?? 0;
  /** What each value contributes to a coefficient. */
  const share = (coefficient: number, index: number) =>
    (columnsOf[index] ?? []).reduce((sum, column) => sum + at(coefficient, column), 0);
  const coefficients = Array.from({ length: columnCount }, (_, coefficient) =>
    values.reduce((sum, { value }, index) => sum + share(coefficient, index) * value, 0),
  );
  const residuals = values.map(({ value }, index) =>
    (columnsOf[index] ?? []).reduce((rest, column) => rest - (coefficients[column] ?? 0), value),
  );
  const degreesOfFreedom = values.length - columnCount;
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  const hat = () =>
    values.map((_, row) =>
      values.map((__, index) => (columnsOf[row] ?? []).reduce((sum, column) => sum + share(column, index), 0)),
    );
  return {
    effects: coefficients.slice(0, treatmentCount),
    degreesOfFreedom,
    errorVariance: degreesOfFreedom > 0 ? squares / degreesOfFreedom : null,
    ownVariances: () => ownVariances(values, residuals, hat(), treatmentCount),
    varianceWeights: (first, second) => {
      const weights = new Array<number>(treatmentCount).fill(0);
      for (const [index, { treatment }] of values.entries()) {
        weights[treatment] = (weights[treatment] ?? 0) + (share(first, index) - share(second, index)) ** 2;
      }
      return weights;
    },
  };
}

function normalMatrix(columnsOf: readonly (readonly number[])[], size: number): number[][] {
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const columns of columnsOf) {
    for (const row of columns) {
      for (const column of columns) (matrix[row] as number[])[column] = (matrix[row]?.[column] ?? 0) + 1;
    }
  }
  return matrix;
}

/** Gauss–Jordan with pivoting; the matrix is regular. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, index) => [...row, ...row.map((_, column) => (column === index ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot += 1) {
    let best = pivot;
    for (let row = pivot + 1; row < size; row += 1) {
      if (Math.abs(rows[row]?.[pivot] ?? 0) > Math.abs(rows[best]?.[pivot] ?? 0)) best = row;
    }
    [rows[pivot], rows[best]] = [rows[best] as number[], rows[pivot] as number[]];
    const scale = rows[pivot]?.[pivot] ?? 0;
    const pivotRow = (rows[pivot] as number[]).map((value) => value / scale);
    rows[pivot] = pivotRow;
    for (const [index, row] of rows.entries()) {
      const factor = row[pivot] ?? 0;
      if (index !== pivot && factor !== 0)
        rows[index] = row.map((value, column) => value - factor * (pivotRow[column] ?? 0));
    }
  }
  return rows.map((row) => row.slice(size));
}

/**
 * Each treatment's error variance from the residuals alone: the expected squares of the residuals are known sums of the true
 * variances, which is solved for them (Rao's MINQUE, 1971, with equal weights; with complete blocks, Grubbs' estimates of 1948). Never
 * below a tenth of the pooled one, for the estimate of a small one can even be negative.
 */
function ownVariances(
  values: readonly BlockedValue[],
  residuals: readonly number[],
  hat: readonly (readonly number[])[],
  treatmentCount: number,
): ReturnType<BlockFit['ownVariances']> {
  const squares = new Array<number>(treatmentCount).fill(0);
  const expected = Array.from({ length: treatmentCount }, () => new Array<number>(treatmentCount).fill(0));
  for (const [row, { treatment }] of values.entries()) {
    squares[treatment] = (squares[treatment] ?? 0) + (residuals[row] ?? 0) ** 2;
    for (const [index, other] of values.entries()) {
      const left = (row === index ? 1 : 0) - (hat[row]?.[index] ?? 0);
      const sums = expected[treatment] as number[];
      sums[other.treatment] = (sums[other.treatment] ?? 0) + left ** 2;
    }
  }
  const counts = squares.map((_, treatment) => values.filter((value) => value.treatment === treatment).length);
  const solution = inverse(expected).map((row) =>
    row.reduce((sum, share, index) => sum + share * (squares[index] ?? 0), 0),
  );
  const floor = Math.max(0, solution.reduce((sum, variance) => sum + variance, 0) / treatmentCount / 10);
  return solution.map((variance, index) => ({ variance: Math.max(variance, floor), count: counts[index] ?? 0 }));
}

/** The greatest set of treatments that common blocks connect; others cannot be compared with them. The first of equally great ones. */
export function connectedTreatments(values: readonly BlockedValue[]): ReadonlySet<number> {
  let greatest: ReadonlySet<number> = new Set();
  for (const { treatment } of values) {
    if (greatest.has(treatment)) continue;
    const found = new Set([treatment]);
    let before = 0;
    while (found.size > before) {
      before = found.size;
      const shared = new Set(values.filter((value) => found.has(value.treatment)).map(({ block }) => block));
      for (const value of values) if (shared.has(value.block)) found.add(value.treatment);
    }
    if (found.size > greatest.size) greatest = found;
  }
  return greatest;
}
