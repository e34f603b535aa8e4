import { countOf } from '../compare/text.ts';
import type { BaselineRow } from './baseline.ts';
import { formatNumber, formatPercent, intervalText, noValue, toSentence } from './format.ts';
import type { CollectedWarning, LargestCluster, PublishedComparison, Question, Resolution } from './model.ts';

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

/** The whole warning as sentences. */
export function warningText({ message, advice, similarCount }: CollectedWarning): string {
  const others = similarCount > 0 ? ` (and ${similarCount} more like it)` : '';
  return `${toSentence(`${message.replace(/\.$/, '')}${others}`)}${advice === null ? '' : ` ${toSentence(advice)}`}`;
}

/** What the reader may believe of small differences. */
export function resolutionSentence({ cvRatio, minDetectableDifferenceRatio, ...of }: Resolution): string {
  const [least, greatest] = of.trialCounts;
  const trials = least === greatest ? `${least}` : `${least} to ${greatest}`;
  const sample = `${countOf(of.implementationCount, 'implementation')} of ${trials} trials`;
  return `From trial to trial CPU per request varies by ${formatPercent(cvRatio)} here (coefficient of variation, ${sample}): differences below ${formatPercent(minDetectableDifferenceRatio)} will often not show in this run.`;
}

/** What a reader must take off in thought: the part of a result at about this rate that the generator alone would show. */
export function baselineSentence(row: BaselineRow): string {
  const figures = [
    `it wakes ${baselineFigure(row.generatorDelayP50Ms)} ms late (p50; p99 ${baselineFigure(row.generatorDelayP99Ms)})`,
    `an answer takes ${baselineFigure(row.serviceP50Ms)} ms (p99 ${baselineFigure(row.serviceP99Ms)})`,
    `it costs ${baselineFigure(row.generatorCpuMs)} ms CPU a request`,
  ];
  return `Against a target that does nothing, at ${row.ratePerSec}/s, this machine's generator has a floor: ${figures.join(', ')}.`;
}

function baselineFigure(value: number | null): string {
  return value === null ? noValue : formatNumber(value);
}

/** "raft-go: 301 nodes (9 of 10 starts); 1001 nodes: …" */
export function largestClusterText({ row, size, okCount, startCount, limitReason }: LargestCluster): string {
  const held = size === null ? 'no size held' : `${size} nodes (${okCount} of ${startCount} starts)`;
  return `${row.implementation.id}: ${held}; ${limitReason}`;
}
