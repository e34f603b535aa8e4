import { cellId, describeCell } from '../../model/cell-key.ts';
import type { Comparison, RunComparison } from '../../model/comparison.ts';
import { htmlText, presentable, xmlComment } from '../../model/foreign-text.ts';
import { isRegression } from '../outcome.ts';
import { changeText, waiverText } from '../text.ts';

/** One test a gated comparison: failed where it is a regression, skipped where it is waived or there was no answer. */
export function junitXml(compared: RunComparison): string {
  const { comparisons, outcome } = presentable(compared);
  const gated = comparisons.filter(({ role }) => role === 'gated');
  const suites = [...Map.groupBy(gated, ({ cell }) => cellId(cell)).values()].map(suite);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="paceline" ${countsOf(gated)}>`,
    ...suites,
    xmlComment(outcome.summary),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(own: readonly Comparison[]): string {
  const name = own[0] === undefined ? '' : describeCell(own[0].cell);
  return [`  <testsuite name="${htmlText(name)}" ${countsOf(own)}>`, ...own.map(testCase), '  </testsuite>'].join('\n');
}

function countsOf(own: readonly Comparison[]): string {
  return `tests="${own.length}" failures="${own.filter(isRegression).length}" skipped="${own.filter(isSkipped).length}" errors="0"`;
}

function isSkipped({ verdict, waiver }: Comparison): boolean {
  return waiver !== null || ['too-few', 'not-comparable', 'added', 'removed'].includes(verdict.kind);
}

function testCase(comparison: Comparison): string {
  const { cell, label, verdict, change, waiver } = comparison;
  const open = `    <testcase classname="${htmlText(cellId(cell).replaceAll('/', '.'))}" name="${htmlText(label)}"`;
  const reasons = [...(waiver === null ? [] : [waiverText(waiver)]), `${verdict.kind}: ${verdict.reason}`];
  const message = htmlText(reasons.join('; '));
  const text = change?.ratio == null ? '' : htmlText(changeText(change));
  if (isRegression(comparison)) return `${open}><failure message="${message}">${text}</failure></testcase>`;
  if (isSkipped(comparison)) return `${open}><skipped message="${message}"/></testcase>`;
  return `${open}><system-out>${[message, text].filter((part) => part !== '').join('; ')}</system-out></testcase>`;
}

/** An entry of github-action-benchmark's customSmallerIsBetter and customBiggerIsBetter files. */
interface BenchmarkEntry {
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
  const turned = comparisons.filter(({ metricId }) => metricId === 'cpu-per-request').flatMap(inverted);
  return [...comparisons.filter(({ better }) => better === 'higher').flatMap(entryOf), ...turned];
}

function entryOf(comparison: Comparison): BenchmarkEntry[] {
  const { id, unit, head } = comparison;
  if (head === null || head.value === null) return [];
  return [{ name: id, unit, value: head.value, range: rangeText(head.values), extra: extraText(comparison) }];
}

function inverted(comparison: Comparison): BenchmarkEntry[] {
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

/** Half of the distance between the minimum and the maximum trial. */
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

interface BencherMetric {
  readonly value: number;
  readonly lower_value: number;
  readonly upper_value: number;
}

/** Head's medians with the minimum and the maximum trial in the Bencher Metric Format: benchmark → measure → metric. */
export function bencherMetrics({ comparisons }: RunComparison): Record<string, Record<string, BencherMetric>> {
  const byCell = Map.groupBy(comparisons, ({ cell }) => cellId(cell));
  return Object.fromEntries(
    [...byCell].map(([id, own]) => [
      id,
      Object.fromEntries(
        own.flatMap(({ metricId, head }) => {
          if (head === null || head.value === null) return [];
          // The value of errors is their sum, not one of the trials'.
          const values = [...head.values, head.value];
          const metric = { value: head.value, lower_value: Math.min(...values), upper_value: Math.max(...values) };
          return [[metricId, metric]];
        }),
      ),
    ]),
  );
}
