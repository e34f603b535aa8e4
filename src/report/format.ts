import type { RatioInterval } from '../compare/ranking.ts';
import type { Metric } from '../model/metric.ts';
import type { Range } from '../stats/descriptive.ts';
import type { QuantileInterval } from '../stats/interval.ts';

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

export function toMebibytes(bytes: number): number {
  return bytes / bytesPerMib;
}

/** The number people are shown for a metric: bytes as MiB, a ratio as percent, everything else as it is. */
export function displayValue(unit: Metric['unit'], value: number): number {
  if (unit === 'bytes') return toMebibytes(value);
  return unit === 'ratio' ? value * 100 : value;
}

export function displayUnit(unit: Metric['unit']): string {
  if (unit === 'bytes') return 'MiB';
  return unit === 'ratio' ? '%' : unit;
}

export function formatFigure(unit: Metric['unit'], value: number): string {
  return formatNumber(displayValue(unit, value));
}

/** The median, with minimum and maximum where there is more than one: "0.42 (0.41–0.44)". */
export function formatRange(unit: Metric['unit'], range: Range): string {
  const median = formatFigure(unit, range.median);
  return range.values.length > 1 ? `${median} (${formatBounds(unit, range)})` : median;
}

export function formatBounds(unit: Metric['unit'], range: Range): string {
  return `${formatFigure(unit, range.min)}–${formatFigure(unit, range.max)}`;
}

/** How much less the smaller of two positive numbers is: "2.1× less", or below 1.1 "6 % less". */
export function formatAdvantage(smaller: number, greater: number, word: string): string {
  const ratio = greater / smaller;
  if (ratio >= 1.1) return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1)}× ${word}`;
  return `${formatPercent(1 - smaller / greater)} ${word}`;
}

/** "1.12× [1.04, 1.21]" */
export function formatRatio(ratio: RatioInterval): string {
  return `${ratioNumber(ratio.ratio)}× ${formatRatioBounds(ratio)}`;
}

/** "[1.04, 1.21]" */
export function formatRatioBounds({ lowRatio, highRatio }: RatioInterval): string {
  return `[${ratioNumber(lowRatio)}, ${ratioNumber(highRatio)}]`;
}

/** Two digits after the point as long as they say something. */
export function ratioNumber(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** Without an interval where there is none: "1.12×". */
export function ratioText(ratio: number, interval: readonly [number, number] | null): string {
  if (interval === null) return `${ratioNumber(ratio)}×`;
  return formatRatio({ ratio, lowRatio: interval[0], highRatio: interval[1] });
}

/** "a, b and c" */
export function joinList(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
}

/** "1.20 µs": a time in the unit in which it is easiest to read. */
export function formatNs(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1e3) return `${formatNumber(ns)} ns`;
  if (size < 1e6) return `${formatNumber(ns / 1e3)} µs`;
  if (size < 1e9) return `${formatNumber(ns / 1e6)} ms`;
  return `${formatNumber(ns / 1e9)} s`;
}

/** "36.1 MiB" */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes);
  if (size < 2 ** 10) return `${formatNumber(bytes)} B`;
  if (size < 2 ** 20) return `${formatNumber(bytes / 2 ** 10)} KiB`;
  if (size < 2 ** 30) return `${formatNumber(bytes / 2 ** 20)} MiB`;
  return `${formatNumber(bytes / 2 ** 30)} GiB`;
}

/** With a capital in front, unless that is a name, and a full stop behind. */
export function toSentence(text: string): string {
  const first = /^[a-z]+[ ,]/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** A quantile and its 95 % interval: "172 (165–181)". */
export function intervalText(interval: QuantileInterval | null): string {
  if (interval === null) return noValue;
  const { estimate, lower, upper } = interval;
  const bound = (value: number | null) => (value === null ? '?' : formatNumber(value));
  return lower === null && upper === null
    ? formatNumber(estimate)
    : `${formatNumber(estimate)} (${bound(lower)}–${bound(upper)})`;
}

/** What stands where there is no figure. */
export const noValue = '–';

export function orDash(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? noValue : format(value);
}

/** "CPU per request, ms"; a label that begins with its unit is enough. */
export function labelWithUnit({ label, unit }: Pick<Metric, 'label' | 'unit'>): string {
  const shown = displayUnit(unit);
  return label.startsWith(shown) ? label : `${label}, ${shown}`;
}
