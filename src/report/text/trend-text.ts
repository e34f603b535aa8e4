import type { ModelTrends, Trend } from '../../compare/trend.ts';
import { describeCell } from '../../model/cell-key.ts';
import { presentable } from '../../model/foreign-text.ts';
import {
  environmentText,
  excludedText,
  machineText,
  severalMachinesText,
  trendCells,
  trendHeads,
} from '../tables/trend-table.ts';
import { alignedLines, paragraph, wrap } from './terminal.ts';

/** Each metric of each cell over the results of a processor model: first and last value, and where its level changed. */
export function trendText(models: readonly ModelTrends[]): string {
  return models.map((model) => `${modelText(presentable(model))}\n`).join('\n');
}

function modelText({ cpuModel, machines, trends, excluded, environmentChanges }: ModelTrends): string {
  const byCell = Map.groupBy(trends, ({ cell }) => describeCell(cell));
  return [
    [cpuModel, ...machines.map((machine) => `  ${machineText(machine)}`)].join('\n'),
    ...(machines.length > 1 ? [paragraph(severalMachinesText)] : []),
    ...[...byCell].map(([name, own]) => `${name}\n${trendTable(own, machines.length)}`),
    ...(trends.length === 0 ? ['No result has a trial of a service that counts.'] : []),
    ...environmentChanges.map((one) => paragraph(environmentText(one))),
    ...excluded.map((one) => paragraph(excludedText(one))),
  ].join('\n\n');
}

function trendTable(trends: readonly Trend[], machineCount: number): string {
  const heads = trendHeads(machineCount);
  const aligns = heads.map((_, index) => (index === 0 || index === heads.length - 1 ? 'left' : 'right'));
  const rows = trends.map((trend) =>
    trendCells(trend, machineCount).map((text, index) => (index === heads.length - 1 ? wrap(text, 40, '') : text)),
  );
  return alignedLines([heads, ...rows], { aligns, gap: 'before' }).join('\n');
}
