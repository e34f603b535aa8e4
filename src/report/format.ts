import type { Metric } from '../model/metric.ts';
import type { Range } from '../stats/range.ts';

/** A number as people read it: about three digits, never an exponent. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  if (size >= 100 || value === 0) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 0.1 ? 2 : 3);
}

export function formatPercent(ratio: number): string {
  return `${formatShort(ratio * 100)} %`;
}

/** One digit after the point, and none where it says nothing. */
function formatShort(value: number): string {
  return Math.abs(value) >= 10 ? value.toFixed(0) : value.toFixed(1);
}

const bytesPerMib = 2 ** 20;

export function mebibytes(bytes: number): number {
  return bytes / bytesPerMib;
}

/** The number people are shown for a metric: bytes as MiB, a ratio as percent, everything else as it is. */
export function shownValue(unit: Metric['unit'], value: number): number {
  if (unit === 'bytes') return mebibytes(value);
  return unit === 'ratio' ? value * 100 : value;
}

export function shownUnit(unit: Metric['unit']): string {
  if (unit === 'bytes') return 'MiB';
  return unit === 'ratio' ? '%' : unit;
}

export function formatFigure(unit: Metric['unit'], value: number): string {
  return formatNumber(shownValue(unit, value));
}

/** The median, and the least and greatest where there is more than one: "0.42 (0.41–0.44)". */
export function formatRange(unit: Metric['unit'], range: Range): string {
  const middle = formatFigure(unit, range.median);
  return range.values.length > 1 ? `${middle} (${formatSpan(unit, range)})` : middle;
}

export function formatSpan(unit: Metric['unit'], range: Range): string {
  return `${formatFigure(unit, range.min)}–${formatFigure(unit, range.max)}`;
}

/** How much less the smaller of two positive numbers is: "2.1× less", or below 1.1 "6 % less". */
export function formatAdvantage(smaller: number, greater: number, word: string): string {
  const ratio = greater / smaller;
  if (ratio >= 1.1) return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}× ${word}`;
  return `${formatPercent(1 - smaller / greater)} ${word}`;
}

/** "a, b and c" */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
}

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
