import { mean } from '../../src/stats/spread.ts';

/** Covariances (n − 1) of the columns of `rows`; at least two rows. */
export function covariances(rows: readonly (readonly number[])[]): number[][] {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? Number.NaN));
  const centred = columns.map((column) => {
    const middle = mean(column);
    return column.map((value) => value - middle);
  });
  return centred.map((a) =>
    centred.map((b) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / (rows.length - 1)),
  );
}

/** Standard deviation of a weighted sum. */
export function spreadOf(matrix: readonly (readonly number[])[], weights: readonly number[]): number {
  const sums = matrix.map((row) => row.reduce((sum, value, column) => sum + value * (weights[column] ?? 0), 0));
  return Math.sqrt(sums.reduce((sum, value, row) => sum + value * (weights[row] ?? 0), 0));
}

/** The lower triangle L with L Lᵀ = `matrix` (Cholesky): L times independent standard normals has these covariances. */
export function lowerFactor(matrix: readonly (readonly number[])[]): number[][] {
  const factor = matrix.map((row) => row.map(() => 0));
  const at = (row: number, column: number) => factor[row]?.[column] ?? 0;
  for (const [row, values] of matrix.entries()) {
    for (let column = 0; column <= row; column += 1) {
      let rest = values[column] ?? 0;
      for (let k = 0; k < column; k += 1) rest -= at(row, k) * at(column, k);
      (factor[row] as number[])[column] = row === column ? Math.sqrt(rest) : rest / at(column, column);
    }
  }
  return factor;
}
