import type { PublishedComparison } from './build/elections.ts';
import { formatNumber } from './format.ts';
import type { Question } from './model.ts';
import { intervalText } from './tables/summary-table.ts';

const reproductionTexts: Readonly<Record<PublishedComparison['verdict'], string>> = {
  inside: 'reproduced: inside our 95 % interval',
  near: 'reproduced: within 10 % at p50, 25 % at p99',
  off: 'not reproduced',
  unknown: 'too few elections to say',
};

/** "raft-go p50: published 171 ms, here 174 (169–180) ms: …", one line a published figure and implementation. */
export function publishedLines({ rows }: Pick<Question, 'rows'>): string[] {
  return rows.flatMap(({ implementation, elections }) =>
    (elections?.comparisons ?? []).map((comparison) => `${implementation.id} ${publishedText(comparison)}`),
  );
}

export function publishedText({ name, publishedMs, ours, verdict }: PublishedComparison): string {
  return `${name}: published ${formatNumber(publishedMs)} ms, here ${intervalText(ours)} ms: ${reproductionText(verdict)}`;
}

export function reproductionText(verdict: PublishedComparison['verdict']): string {
  return reproductionTexts[verdict];
}
