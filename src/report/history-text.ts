import Table from 'cli-table3';
import { cellName } from '../compare/cell.ts';
import type { History, LeftOut, PointSource, Trend } from '../compare/history.ts';
import { signedPercent } from '../compare/words.ts';
import { formatFigure, joinWords, shownUnit } from './format.ts';
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
    ...(trends.length === 0 ? ['No result has a trial of a service that counts.'] : []),
    ...leftOut.map((one) => wrap(leftOutText(one), lineWidth, '    ')),
  ].join('\n\n');
}

const shownCells = 3;

/** "Left out of crud-go, history at 100/s: 0123abcd a commit (2026-02-04 00:00): spec.profile.measureMs is 4000, …" */
function leftOutText({ cells, reason, ...source }: LeftOut): string {
  const names = cells.map((cell) => `“${cellName(cell)}”`);
  const shown = names.slice(0, shownCells);
  const hiddenCount = names.length - shown.length;
  const where = hiddenCount === 0 ? joinWords(shown) : `${shown.join('; ')} and ${hiddenCount} more`;
  const when = source.startedAt.slice(0, 16).replace('T', ' ');
  return `Left out of ${where}: ${source.commit === null ? when : `${nameOf(source)} (${when})`}: ${reason}`;
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

function nameOf({ commit, startedAt }: PointSource): string {
  return commit === null ? startedAt.slice(0, 16) : `${commit.sha.slice(0, 8)} ${commit.subject}`;
}
