import { countOf, signedPercent } from '../../compare/text.ts';
import type { EnvironmentChange, ExcludedResult, ModelTrends, ResultSource, Trend } from '../../compare/trend.ts';
import { type CellKey, describeCell } from '../../model/cell-key.ts';
import { formatBytes, formatFigure, formatPercent, joinList, labelWithUnit, noValue, orDash } from '../format.ts';

export const severalMachinesText =
  'Figures are carried to the median of these machines, each measured by the median of its own results (three or more).';

export function machineText({
  id,
  coreCount,
  memoryBytes,
  kernel,
  resultCount,
}: ModelTrends['machines'][number]): string {
  const size = `${countOf(coreCount, 'core')}, ${formatBytes(memoryBytes)}, kernel ${kernel}`;
  return `machine ${id}: ${size}; ${countOf(resultCount, 'result')}`;
}

/** "crud-go, history at 100/s: 0123abcd a commit (2026-02-04 00:00): spec.profile.measureMs is 4000, …" */
export function excludedText({ cells, reason, ...source }: ExcludedResult): string {
  return `Left out of ${cellsText(cells)}: ${datedName(source)}: ${reason}`;
}

/** "versions.node became "26" (it was "24") with 0123abcd a commit (2026-02-04 00:00): crud-go, history at 100/s" */
export function environmentText(change: EnvironmentChange): string {
  const { field, before, after, cells } = change;
  return `${field} became ${after} (it was ${before}) with ${datedName(change)}: ${cellsText(cells)}`;
}

const maxCells = 3;

function cellsText(cells: readonly CellKey[]): string {
  const names = cells.map((cell) => `“${describeCell(cell)}”`);
  const shown = names.slice(0, maxCells);
  const hiddenCount = names.length - shown.length;
  return hiddenCount === 0 ? joinList(shown) : `${shown.join('; ')} and ${hiddenCount} more`;
}

function datedName(source: ResultSource): string {
  const when = source.startedAt.slice(0, 16).replace('T', ' ');
  return source.commit === null ? when : `${sourceName(source)} (${when})`;
}

/** "0123abcd the commit's subject"; a result without a commit by its time. */
export function sourceName({ commit, startedAt }: ResultSource): string {
  return commit === null ? startedAt.slice(0, 16) : `${commit.sha.slice(0, 8)} ${commit.subject}`;
}

export function trendHeads(machineCount: number): readonly string[] {
  const spread = machineCount > 1 ? ['machines differ by'] : [];
  return ['', 'results', 'first', 'last', 'change', ...spread, 'level changed with'];
}

/** A cell for each head. */
export function trendCells(trend: Trend, machineCount: number): string[] {
  const { unit, points, machineSpreadRatio, changePoint } = trend;
  const known = points.flatMap(({ normalisedValue }) => normalisedValue ?? []);
  const [first = null, last = null] = [known[0], known.at(-1)];
  const figure = (value: number | null) => orDash(value, (one) => formatFigure(unit, one));
  const change = first !== null && last !== null && first > 0 ? signedPercent(last / first - 1) : noValue;
  return [
    labelWithUnit(trend),
    known.length === points.length ? String(points.length) : `${known.length} of ${points.length}`,
    figure(first),
    figure(last),
    change,
    ...(machineCount > 1 ? [orDash(machineSpreadRatio, formatPercent)] : []),
    changePoint === null ? '' : changePointText(changePoint),
  ];
}

export function changePointText({ at, ratio, cause }: NonNullable<Trend['changePoint']>): string {
  const size = signedPercent(ratio);
  if (cause === 'commit') return `${sourceName(at)} (${size})`;
  const since = `${size} since ${at.startedAt.slice(0, 10)}`;
  return cause === 'machine'
    ? `the machine changed, so no commit is named (${since})`
    : `no commit is named: the other implementations moved too (${since})`;
}
