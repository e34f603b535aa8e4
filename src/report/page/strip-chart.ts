import type { ChartConfiguration, Chart as Drawing, Plugin } from 'chart.js';
import type { Strip, StripChart } from '../charts/chart.ts';
import { drawLine, drawValue, labelFont, labelLines, points, shortNumber, type Theme } from './canvas.ts';

/** Room for the column of values, in pixels. */
const valueColumnWidth = 66;

/** A row for each series with a point for each trial; a line across the row is the median. */
export function stripConfiguration(chart: StripChart, theme: Theme): ChartConfiguration<'line'> {
  return {
    type: 'line',
    data: {
      datasets: chart.strips.map((strip, row) => ({
        label: strip.label,
        data: strip.values.map((value, index) => ({ x: value, y: row + scatter(index) })),
        showLine: false,
        pointStyle: points[strip.style.mark].shape,
        pointRadius: points[strip.style.mark].radius,
        pointHoverRadius: 6,
        pointBackgroundColor: theme.colorOf(strip),
        pointBorderColor: strip.style.mark === 'cross' ? theme.colorOf(strip) : theme.background,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      layout: { padding: { right: valueColumnWidth } },
      scales: {
        x: {
          type: 'linear',
          ...spanOf(chart),
          grid: { color: theme.gridline, drawTicks: false },
          border: { display: false },
          ticks: {
            color: theme.muted,
            font: { family: theme.font, size: 12 },
            padding: 6,
            maxTicksLimit: 6,
            includeBounds: false,
            callback: (value) => shortNumber(Number(value)),
          },
        },
        y: {
          type: 'linear',
          reverse: true,
          min: -0.5,
          max: chart.strips.length - 0.5,
          grid: { color: theme.gridline, drawTicks: false },
          border: { display: false },
          afterBuildTicks: (built) => {
            built.ticks = chart.strips.map((_, value) => ({ value }));
          },
          ticks: {
            color: theme.ink,
            font: labelFont(theme),
            autoSkip: false,
            callback: (value) => labelLines(chart.strips[Number(value)]?.label),
          },
        },
      },
      plugins: {
        tooltip: {
          displayColors: false,
          callbacks: {
            title: ([item]) => item?.dataset.label ?? '',
            label: (item) => `trial ${item.dataIndex + 1}: ${shortNumber(Number(item.parsed.x))} ${chart.unit}`,
          },
        },
      },
    },
    plugins: [medians(chart, theme)],
  };
}

/** All values with a little room, for the drawing takes the first and the last of a row for its ends. */
function spanOf({ strips }: StripChart): { min: number; max: number } {
  const values = strips.flatMap((strip) => strip.values);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.05 * (high - low) || 0.05 * Math.abs(high) || 1;
  return { min: low - room, max: high + room };
}

/** Trials of like values stand above each other; always the same for the same trial. */
function scatter(index: number): number {
  return (((index * 5) % 7) - 3) * 0.07;
}

function medians(chart: StripChart, theme: Theme): Plugin<'line'> {
  return {
    id: 'medians',
    afterDatasetsDraw(drawing) {
      const { ctx } = drawing;
      ctx.save();
      for (const [row, strip] of chart.strips.entries()) drawMedian(drawing, strip, row, theme);
      ctx.restore();
    },
  };
}

function drawMedian(drawing: Drawing, { median, text }: Strip, row: number, theme: Theme): void {
  const x = drawing.scales.x?.getPixelForValue(median) ?? 0;
  const at = (y: number) => drawing.scales.y?.getPixelForValue(y) ?? 0;
  drawing.ctx.strokeStyle = theme.ink;
  drawing.ctx.lineWidth = 2;
  drawLine(drawing.ctx, x, at(row - 0.35), x, at(row + 0.35));
  drawValue(drawing, theme, text, at(row));
}

/** "head: median 0.53 ms, 12 trials, 0.52 to 0.55 ms" */
export function stripSummary({ label, text, values }: Strip, unit: string): string {
  const count = values.length === 1 ? '1 trial' : `${values.length} trials`;
  const range = [Math.min(...values), Math.max(...values)].map(shortNumber).join(' to ');
  return `${label}: median ${text} ${unit}, ${count}, ${range} ${unit}`;
}
