import Table from 'cli-table3';
import { cellName } from '../compare/cell.ts';
import type { History, Trend, TrendPoint } from '../compare/history.ts';
import { signedPercent } from '../compare/words.ts';
import { formatFigure, shownUnit } from './format.ts';
import { noBorders } from './no-borders.ts';
import { wrap } from './wrap.ts';

const lineWidth = 100;

/** Each metric of each cell over the results of a machine: first and last value, and where its level changed. */
export function historyText(histories: readonly History[]): string {
  return histories.map((history) => `${oneText(history)}\n`).join('\n');
}

function oneText({ machineLabel, trends, leftOut }: History): string {
  const byCell = Map.groupBy(trends, ({ cell }) => cellName(cell));
  return [
    machineLabel,
    ...[...byCell].map(([name, own]) => `${name}\n${trendTable(own)}`),
    ...leftOut.map(({ runId, reason }) => wrap(`Left out: ${runId}: ${reason}`, lineWidth, '    ')),
  ].join('\n\n');
}

function trendTable(trends: readonly Trend[]): string {
  const table = new Table({
    chars: noBorders,
    style: { 'padding-left': 2, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
  });
  table.push(['', 'results', 'first', 'last', 'change', 'level changed with'], ...trends.map(trendCells));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function trendCells({ label, unit, points, changePoint }: Trend): string[] {
  const [first, last] = [points[0], points.at(-1)];
  const shown = shownUnit(unit);
  if (first === undefined || last === undefined) return [label, '0', '–', '–', '–', ''];
  const change = first.value > 0 ? signedPercent(last.value / first.value - 1) : '–';
  const changed = changePoint === null ? '' : `${nameOf(changePoint.at)} (${signedPercent(changePoint.ratio)})`;
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

function nameOf({ commit, startedAt }: TrendPoint): string {
  return commit === null ? startedAt.slice(0, 16) : `${commit.sha.slice(0, 8)} ${commit.subject}`;
}
