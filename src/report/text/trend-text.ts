import { signedPercent } from '../../compare/text.ts';
import type { ExcludedResult, MachineTrends, ResultSource, Trend } from '../../compare/trend.ts';
import { describeCell } from '../../model/cell-key.ts';
import { presentable } from '../../model/foreign-text.ts';
import { formatFigure, joinList, labelWithUnit, noValue } from '../format.ts';
import { alignedLines, paragraph, wrap } from './terminal.ts';

/** Each metric of each cell over the results of a machine: first and last value, and where its level changed. */
export function trendText(machines: readonly MachineTrends[]): string {
  return machines.map((machine) => `${machineText(presentable(machine))}\n`).join('\n');
}

function machineText({ machineLabel, trends, excluded }: MachineTrends): string {
  const byCell = Map.groupBy(trends, ({ cell }) => describeCell(cell));
  return [
    machineLabel,
    ...[...byCell].map(([name, own]) => `${name}\n${trendTable(own)}`),
    ...(trends.length === 0 ? ['No result has a trial of a service that counts.'] : []),
    ...excluded.map((one) => paragraph(excludedText(one))),
  ].join('\n\n');
}

const maxCells = 3;

/** "Left out of crud-go, history at 100/s: 0123abcd a commit (2026-02-04 00:00): spec.profile.measureMs is 4000, …" */
function excludedText({ cells, reason, ...source }: ExcludedResult): string {
  const names = cells.map((cell) => `“${describeCell(cell)}”`);
  const shown = names.slice(0, maxCells);
  const hiddenCount = names.length - shown.length;
  const where = hiddenCount === 0 ? joinList(shown) : `${shown.join('; ')} and ${hiddenCount} more`;
  const when = source.startedAt.slice(0, 16).replace('T', ' ');
  return `Left out of ${where}: ${source.commit === null ? when : `${sourceName(source)} (${when})`}: ${reason}`;
}

function trendTable(trends: readonly Trend[]): string {
  const heads = ['', 'results', 'first', 'last', 'change', 'level changed with'];
  const aligns = ['left', 'right', 'right', 'right', 'right', 'left'] as const;
  return alignedLines([heads, ...trends.map(trendRow)], { aligns, gap: 'before' }).join('\n');
}

function trendRow({ label, unit, points, changePoint }: Trend): string[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [label, '0', noValue, noValue, noValue, ''];
  const change = first.value > 0 ? signedPercent(last.value / first.value - 1) : noValue;
  const changed = changePoint === null ? '' : `${sourceName(changePoint.at)} (${signedPercent(changePoint.ratio)})`;
  return [
    labelWithUnit({ label, unit }),
    String(points.length),
    formatFigure(unit, first.value),
    formatFigure(unit, last.value),
    change,
    wrap(changed, 40, ''),
  ];
}

function sourceName({ commit, startedAt }: ResultSource): string {
  return commit === null ? startedAt.slice(0, 16) : `${commit.sha.slice(0, 8)} ${commit.subject}`;
}
