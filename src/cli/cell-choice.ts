import type { Comparison } from '../model/comparison.ts';
import { HarnessError } from '../model/harness-error.ts';
import { byNearness } from '../run/nearest.ts';

const shownMost = 5;

/** Names the nearest few cells, one a line. */
export function unknownCell(cell: string, comparisons: readonly Pick<Comparison, 'id'>[]): HarnessError {
  const known = comparisons.map(({ id }) => id);
  if (known.length === 0) {
    const remedy = 'name two results of `run` or `ci` that asked the same services';
    return new HarnessError('unknown-name', `unknown cell "${cell}": base and head have none to compare`, remedy);
  }
  const shown = byNearness(cell, known).slice(0, shownMost);
  const more = known.length - shown.length;
  const rest = more === 0 ? [] : [`and ${more} more: \`compare BASE HEAD --format json\` has them all`];
  const lines = ['name one of these, or its beginning up to a slash:', ...shown, ...rest];
  return new HarnessError('unknown-name', `unknown cell "${cell}"`, lines.join('\n  '));
}
