import { clusterId } from '../model/cluster-key.ts';
import { metricOf } from './answer.ts';
import type { Line, LineChart } from './chart.ts';
import { figureLines } from './figure-lines.ts';
import { formatNumber, shownUnit } from './format.ts';
import type { Cell } from './model.ts';

interface Question {
  readonly metricId: string;
  readonly title: string;
  readonly howToRead: string;
}

const questions: readonly Question[] = [
  {
    metricId: 'node-memory',
    title: 'Private memory of a node by cluster size',
    howToRead:
      'The whole program’s memory shared among its nodes: what the runtime itself needs is spread thinner in a larger cluster. Flat to the right is what one more node costs. Both axes grow by factors.',
  },
  {
    metricId: 'node-cpu',
    title: 'CPU of a quiet node by cluster size',
    howToRead:
      'Processor time a second for heartbeats alone. The leader sends to every node, so the sum grows with the cluster and the share of each should not. Both axes grow by factors.',
  },
  {
    metricId: 'election-p50',
    title: 'Election time (p50) by cluster size',
    howToRead:
      'The more nodes draw a time-out, the earlier the first of them is due: while messages are quick, theory says that elections get slightly shorter. A rise is what handling messages costs.',
  },
];

/** The same questions with the size of the cluster on the x axis; none for a single size. */
export function sizeCharts(groupId: string, all: readonly Cell[]): LineChart[] {
  const cells = mostSizes(all);
  const sizes = [...new Set(cells.flatMap(({ cluster }) => cluster?.size ?? []))].sort((a, b) => a - b);
  if (sizes.length < 2 || cells.some(({ ratePerSec }) => ratePerSec > 0)) return [];
  return questions
    .map((question) => sizeChart(groupId, cells, sizes, question))
    .filter(({ lines }) => lines.length > 0);
}

/** Only the size may differ along a line: of all time-outs, delays and conditions those that were asked of most sizes. */
function mostSizes(cells: readonly Cell[]): readonly Cell[] {
  const conditions = ({ cluster }: Cell) => clusterId(cluster === null ? null : { ...cluster, size: 0 });
  const alike = [...Map.groupBy(cells, conditions).values()];
  return alike.reduce((most, same) => (same.length > most.length ? same : most), []);
}

function sizeChart(groupId: string, cells: readonly Cell[], sizes: readonly number[], question: Question): LineChart {
  const { unit } = metricOf(question.metricId);
  // Nothing at or below zero has a place on a logarithmic axis.
  const lines = figureLines(cells, question.metricId, (cell) => cell.cluster?.size ?? 0, 0);
  const shown = shownUnit(unit);
  return {
    kind: 'lines',
    id: `${groupId}-by-size-${question.metricId}`,
    title: question.title,
    howToRead: question.howToRead,
    alternative: `${question.title}: ${lines.map((line) => spokenLine(line, shown)).join('; ')}.`,
    unit: shown,
    x: {
      title: 'nodes',
      scale: 'logarithmic',
      ticks: sizes.map((size) => ({ value: size, label: String(size) })),
      min: null,
      max: null,
    },
    y: { title: shown, scale: 'logarithmic', ticks: null, min: null, max: null },
    lines,
    markPoints: true,
  };
}

function spokenLine(line: Line, unit: string): string {
  const values = line.points.map(({ x, y }) => `${formatNumber(y ?? 0)} ${unit} at ${x} nodes`);
  return `${line.label} ${values.join(', ')}`;
}
