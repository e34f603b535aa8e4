import { countOf, signedPercent } from '../../compare/text.ts';
import type { ExcludedResult, ModelTrends, ResultSource, Trend } from '../../compare/trend.ts';
import { describeCell } from '../../model/cell-key.ts';
import { presentable } from '../../model/foreign-text.ts';
import { formatBytes, formatFigure, formatPercent, joinList, labelWithUnit, noValue, orDash } from '../format.ts';
import { alignedLines, paragraph, wrap } from './terminal.ts';

/** Each metric of each cell over the results of a processor model: first and last value, and where its level changed. */
export function trendText(models: readonly ModelTrends[]): string {
  return models.map((model) => `${modelText(presentable(model))}\n`).join('\n');
}

function modelText({ cpuModel, machines, trends, excluded }: ModelTrends): string {
  const byCell = Map.groupBy(trends, ({ cell }) => describeCell(cell));
  return [
    [cpuModel, ...machines.map(machineText)].join('\n'),
    ...(machines.length > 1 ? [paragraph(severalMachines)] : []),
    ...[...byCell].map(([name, own]) => `${name}\n${trendTable(own, machines.length)}`),
    ...(trends.length === 0 ? ['No result has a trial of a service that counts.'] : []),
    ...excluded.map((one) => paragraph(excludedText(one))),
  ].join('\n\n');
}

const severalMachines =
  'Figures are carried to the median of these machines, each measured by the median of its own results (three or more).';

function machineText({ id, coreCount, memoryBytes, kernel, resultCount }: ModelTrends['machines'][number]): string {
  const size = `${countOf(coreCount, 'core')}, ${formatBytes(memoryBytes)}, kernel ${kernel}`;
  return `  machine ${id}: ${size}; ${countOf(resultCount, 'result')}`;
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

function trendTable(trends: readonly Trend[], machineCount: number): string {
  const spread = machineCount > 1 ? ['machines differ by'] : [];
  const heads = ['', 'results', 'first', 'last', 'change', ...spread, 'level changed with'];
  const aligns = ['left', 'right', 'right', 'right', 'right', ...spread.map(() => 'right' as const), 'left'] as const;
  const rows = trends.map((trend) => trendRow(trend, machineCount > 1));
  return alignedLines([heads, ...rows], { aligns, gap: 'before' }).join('\n');
}

function trendRow({ label, unit, points, machineSpreadRatio, changePoint }: Trend, isOfSeveral: boolean): string[] {
  const known = points.flatMap(({ normalisedValue }) => normalisedValue ?? []);
  const [first = null, last = null] = [known[0], known.at(-1)];
  const figure = (value: number | null) => orDash(value, (one) => formatFigure(unit, one));
  const change = first !== null && last !== null && first > 0 ? signedPercent(last / first - 1) : noValue;
  return [
    labelWithUnit({ label, unit }),
    known.length === points.length ? String(points.length) : `${known.length} of ${points.length}`,
    figure(first),
    figure(last),
    change,
    ...(isOfSeveral ? [orDash(machineSpreadRatio, formatPercent)] : []),
    wrap(changePoint === null ? '' : changeText(changePoint), 40, ''),
  ];
}

function changeText({ at, ratio, cause }: NonNullable<Trend['changePoint']>): string {
  const size = signedPercent(ratio);
  if (cause === 'commit') return `${sourceName(at)} (${size})`;
  const since = `${size} since ${at.startedAt.slice(0, 10)}`;
  return cause === 'machine'
    ? `the machine changed, so no commit is named (${since})`
    : `no commit is named: the other implementations moved too (${since})`;
}

function sourceName({ commit, startedAt }: ResultSource): string {
  return commit === null ? startedAt.slice(0, 16) : `${commit.sha.slice(0, 8)} ${commit.subject}`;
}
