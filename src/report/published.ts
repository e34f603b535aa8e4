import type { Comparison } from './elections.ts';
import { formatNumber } from './format.ts';
import type { Cell } from './model.ts';
import { intervalText } from './short-table.ts';

const words: Readonly<Record<Comparison['verdict'], string>> = {
  inside: 'reproduced: inside our 95 % interval',
  near: 'reproduced: within 10 % at p50, 25 % at p99',
  off: 'not reproduced',
  unknown: 'too few elections to say',
};

/** "raft-go p50: published 171 ms, here 174 (169–180) ms: …", one line a published figure and implementation. */
export function comparisonLines({ rows }: Pick<Cell, 'rows'>): string[] {
  return rows.flatMap(({ who, elections }) =>
    (elections?.comparisons ?? []).map((comparison) => `${who.implementation} ${comparisonText(comparison)}`),
  );
}

export function comparisonText({ name, publishedMs, ours, verdict }: Comparison): string {
  return `${name}: published ${formatNumber(publishedMs)} ms, here ${intervalText(ours)} ms: ${verdictWords(verdict)}`;
}

export function verdictWords(verdict: Comparison['verdict']): string {
  return words[verdict];
}
