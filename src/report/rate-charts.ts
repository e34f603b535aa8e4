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
    metricId: 'cpu-per-request',
    title: 'CPU per request by rate',
    howToRead:
      'Work that is done whether or not anyone asks is shared among more requests at a higher rate, so lines usually fall. Lower is better.',
  },
  {
    metricId: 'cores-used',
    title: 'Cores used by rate',
    howToRead:
      'The steeper the line, the more one further request costs; where it meets the left edge is the cost of being there.',
  },
  {
    metricId: 'response-p50',
    title: 'Response time (p50) by rate',
    howToRead: 'Half of the requests were answered within this time. A line that bends upwards is nearing its limit.',
  },
  {
    metricId: 'memory-median',
    title: 'Private memory by rate',
    howToRead: 'Median under load. Thin lines at each point: least to greatest trial.',
  },
];

/** The same questions with the rate on the x axis; none for a single rate. */
export function rateCharts(groupId: string, cells: readonly Cell[]): LineChart[] {
  const rates = cells.map((cell) => cell.ratePerSec);
  if (new Set(rates).size < 2) return [];
  return questions
    .map((question) => rateChart(groupId, cells, rates, question))
    .filter(({ lines }) => lines.length > 0);
}

function rateChart(groupId: string, cells: readonly Cell[], rates: readonly number[], question: Question): LineChart {
  const { unit } = metricOf(question.metricId);
  const lines = figureLines(cells, question.metricId, (cell) => cell.ratePerSec);
  return {
    kind: 'lines',
    id: `${groupId}-by-rate-${question.metricId}`,
    title: question.title,
    howToRead: question.howToRead,
    alternative: `${question.title}: ${lines.map((line) => spokenLine(line, shownUnit(unit))).join('; ')}.`,
    unit: shownUnit(unit),
    x: {
      title: 'requests a second',
      scale: 'linear',
      ticks: [0, ...rates].map((rate) => ({ value: rate, label: String(rate) })),
      min: 0,
      max: null,
    },
    y: { title: shownUnit(unit), scale: 'linear', ticks: null, min: 0, max: null },
    lines,
    markPoints: true,
  };
}

function spokenLine(line: Line, unit: string): string {
  const values = line.points.map(({ x, y }) => `${y === null ? 'unknown' : formatNumber(y)} ${unit} at ${x}/s`);
  return `${line.label} ${values.join(', ')}`;
}
