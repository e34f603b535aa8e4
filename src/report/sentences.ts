import { countOf } from '../compare/text.ts';
import type { BaselineRow } from './baseline.ts';
import { formatNumber, formatPercent, intervalText, orDash, toSentence } from './format.ts';
import type { CollectedWarning, LargestCluster, PublishedComparison, Question, Resolution } from './model.ts';

const reproductionTexts: Readonly<Record<PublishedComparison['verdict'], string>> = {
  inside: 'reproduced: inside our 95 % interval',
  close: 'reproduced: within 10 % at p50, 25 % at p99',
  outside: 'not reproduced',
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

/** The whole warning as sentences. */
export function warningText({ message, advice, similarCount }: CollectedWarning): string {
  const others = similarCount > 0 ? ` (and ${similarCount} more like it)` : '';
  return `${toSentence(`${message.replace(/\.$/, '')}${others}`)}${advice === null ? '' : ` ${toSentence(advice)}`}`;
}

/** Which differences this run can resolve. */
export function resolutionSentence({ cvRatio, minDetectableDifferenceRatio, ...sample }: Resolution): string {
  const [min, max] = sample.trialCounts;
  const trials = min === max ? `${min}` : `${min} to ${max}`;
  return `This run cannot reliably resolve differences in CPU per request under ${formatPercent(minDetectableDifferenceRatio)}: it varies by ${formatPercent(cvRatio)} between trials (coefficient of variation; ${countOf(sample.implementationCount, 'implementation')}, ${trials} trials each).`;
}

/** The part of a result at about this rate that comes from the generator alone. */
export function baselineSentence(row: BaselineRow): string {
  const figure = (value: number | null) => orDash(value, formatNumber);
  const figures = [
    `generator delay p50 ${figure(row.generatorDelayP50Ms)} ms, p99 ${figure(row.generatorDelayP99Ms)} ms`,
    `service time p50 ${figure(row.serviceP50Ms)} ms, p99 ${figure(row.serviceP99Ms)} ms`,
    `generator CPU ${figure(row.generatorCpuMs)} ms per request`,
  ];
  return `Null-target baseline of this machine at ${row.ratePerSec}/s: ${figures.join('; ')}.`;
}

/** "raft-go: 301 nodes (9 of 10 starts); 1001 nodes: …" */
export function largestClusterText({ row, size, okCount, startCount, limitReason }: LargestCluster): string {
  const held = size === null ? 'no size held' : `${size} nodes (${okCount} of ${startCount} starts)`;
  return `${row.implementation.id}: ${held}; ${limitReason}`;
}
