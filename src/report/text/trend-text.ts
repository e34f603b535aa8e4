import Table from 'cli-table3';
import { signedPercent } from '../../compare/text.ts';
import type { ExcludedResult, MachineTrends, ResultSource, Trend } from '../../compare/trend.ts';
import { describeCell } from '../../model/cell-key.ts';
import { displayUnit, formatFigure, joinList } from '../format.ts';
import { borderless, wrap } from './terminal.ts';

const lineWidth = 100;

/** Each metric of each cell over the results of a machine: first and last value, and where its level changed. */
export function trendText(histories: readonly MachineTrends[]): string {
  return histories.map((history) => `${machineText(history)}\n`).join('\n');
}

function machineText({ machineLabel, trends, excluded }: MachineTrends): string {
  const byCell = Map.groupBy(trends, ({ cell }) => describeCell(cell));
  return [
    machineLabel,
    ...[...byCell].map(([name, own]) => `${name}\n${trendTable(own)}`),
    ...(trends.length === 0 ? ['No result has a trial of a service that counts.'] : []),
    ...excluded.map((one) => wrap(excludedText(one), lineWidth, '    ')),
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
  const table = new Table({
    chars: borderless,
    style: { 'padding-left': 2, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
  });
  table.push(['', 'results', 'first', 'last', 'change', 'level changed with'], ...trends.map(trendRow));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function trendRow({ label, unit, points, changePoint }: Trend): string[] {
  const [first, last] = [points[0], points.at(-1)];
  const shown = displayUnit(unit);
  if (first === undefined || last === undefined) return [label, '0', '–', '–', '–', ''];
  const change = first.value > 0 ? signedPercent(last.value / first.value - 1) : '–';
  const changed = changePoint === null ? '' : `${sourceName(changePoint.at)} (${signedPercent(changePoint.ratio)})`;
  const name = label.startsWith(shown) ? label : `${label}, ${shown}`;
  return [
    name,
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
