import type { Comparison, RunComparison } from '../../model/comparison.ts';
import { cellId, cellName } from '../cell.ts';
import { isRegression } from '../outcome.ts';
import { changeText, waiverText } from '../words.ts';

/** One test a gated comparison: failed where it is a regression, skipped where it is waived or there was no answer. */
export function junitXml({ comparisons, outcome }: RunComparison): string {
  const gated = comparisons.filter(({ role }) => role === 'gated');
  const suites = [...Map.groupBy(gated, ({ cell }) => cellId(cell)).values()].map(suite);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="paceline" ${countsOf(gated)}>`,
    ...suites,
    `<!-- ${outcome.sentence.replaceAll('--', '- -')} -->`,
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(own: readonly Comparison[]): string {
  const name = own[0] === undefined ? '' : cellName(own[0].cell);
  return [`  <testsuite name="${escaped(name)}" ${countsOf(own)}>`, ...own.map(testCase), '  </testsuite>'].join('\n');
}

function countsOf(own: readonly Comparison[]): string {
  return `tests="${own.length}" failures="${own.filter(isRegression).length}" skipped="${own.filter(isSkipped).length}" errors="0"`;
}

function isSkipped({ verdict, waiver }: Comparison): boolean {
  return waiver !== null || ['too-few', 'not-comparable', 'added', 'removed'].includes(verdict.kind);
}

function testCase(comparison: Comparison): string {
  const { cell, label, verdict, change, waiver } = comparison;
  const open = `    <testcase classname="${escaped(cellId(cell).replaceAll('/', '.'))}" name="${escaped(label)}"`;
  const reasons = [...(waiver === null ? [] : [waiverText(waiver)]), `${verdict.kind}: ${verdict.reason}`];
  const message = escaped(reasons.join('; '));
  const text = change?.ratio == null ? '' : escaped(changeText(change));
  if (isRegression(comparison)) return `${open}><failure message="${message}">${text}</failure></testcase>`;
  if (isSkipped(comparison)) return `${open}><skipped message="${message}"/></testcase>`;
  return `${open}><system-out>${[message, text].filter((part) => part !== '').join('; ')}</system-out></testcase>`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign).replaceAll(/(?![\t\n\r])\p{Cc}/gu, '');
}
