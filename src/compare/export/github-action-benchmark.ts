import type { Comparison, RunComparison } from '../../model/comparison.ts';
import { waiverText } from '../words.ts';

/** An entry of github-action-benchmark's customSmallerIsBetter and customBiggerIsBetter files. */
export interface BenchmarkEntry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** Shown behind the value. */
  readonly range: string;
  /** Shown on hovering. */
  readonly extra: string;
}

/** Head's medians where less is better: the file of `tool: customSmallerIsBetter`. */
export function smallerIsBetter({ comparisons }: RunComparison): BenchmarkEntry[] {
  return comparisons.filter(({ better }) => better === 'lower').flatMap(entryOf);
}

/**
 * Where more is better, `tool: customBiggerIsBetter`: metrics that say so, and how many requests a second of CPU serves,
 * which is CPU per request turned over.
 */
export function biggerIsBetter({ comparisons }: RunComparison): BenchmarkEntry[] {
  const turned = comparisons.filter(({ metricId }) => metricId === 'cpu-per-request').flatMap(turnedOver);
  return [...comparisons.filter(({ better }) => better === 'higher').flatMap(entryOf), ...turned];
}

function entryOf(comparison: Comparison): BenchmarkEntry[] {
  const { id, unit, head } = comparison;
  if (head === null || head.value === null) return [];
  return [{ name: id, unit, value: head.value, range: rangeText(head.values), extra: extraText(comparison) }];
}

function turnedOver(comparison: Comparison): BenchmarkEntry[] {
  const { head, id } = comparison;
  if (head === null || head.value === null || !(head.value > 0)) return [];
  const perSec = (ms: number) => 1000 / ms;
  return [
    {
      name: id.replace(/cpu-per-request$/, 'requests-per-cpu-second'),
      unit: 'requests/s',
      value: perSec(head.value),
      range: rangeText(head.values.map(perSec)),
      extra: extraText(comparison, perSec),
    },
  ];
}

/** Half of the distance between the least and the greatest trial. */
function rangeText(values: readonly number[]): string {
  return `± ${Number(((Math.max(...values) - Math.min(...values)) / 2).toPrecision(3))}`;
}

/** `shown` gives the base in the unit of the value. */
function extraText({ head, base, verdict, waiver }: Comparison, shown?: (value: number) => number): string {
  return [
    `${head?.values.length ?? 0} trials`,
    baseText(base?.value ?? null, shown),
    `${verdict.kind}: ${verdict.reason}`,
    ...(waiver === null ? [] : [waiverText(waiver)]),
  ].join('\n');
}

function baseText(value: number | null, shown: (value: number) => number = (same) => same): string {
  return value === null ? 'no base' : `base ${Number(shown(value).toPrecision(4))}`;
}
