import type { ChartConfiguration, Chart as Drawing, Plugin } from 'chart.js';
import type { Dot, DotChart } from '../charts/chart.ts';
import { drawRing, drawValue, drawWhisker, labelFont, labelLines, points, type Theme } from './canvas.ts';

/** Room for the column of values, in pixels. */
const valueColumnWidth = 66;

/** One mark a row on a logarithmic axis, with its range, a ring for a second value, and the value in words. */
export function dotConfiguration(chart: DotChart, theme: Theme): ChartConfiguration<'line'> {
  const { ticks, min, max } = chart.x;
  const labels = new Map(ticks?.map(({ value, label }) => [value, label]));
  return {
    type: 'line',
    data: {
      labels: chart.dots.map(({ label }) => label),
      datasets: [
        {
          data: chart.dots.map(({ value }) => value),
          showLine: false,
          pointStyle: chart.dots.map(({ style }) => points[style.mark].shape),
          pointRadius: 6,
          pointHoverRadius: 7,
          pointBackgroundColor: chart.dots.map((dot) => theme.colorOf(dot)),
          pointBorderColor: chart.dots.map((dot) =>
            dot.style.mark === 'cross' ? theme.colorOf(dot) : theme.background,
          ),
          pointBorderWidth: chart.dots.map((dot) => (dot.style.mark === 'cross' ? 3 : 1)),
        },
      ],
    },
    options: {
      indexAxis: 'y',
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { right: valueColumnWidth } },
      scales: {
        x: {
          type: 'logarithmic',
          ...(min === null ? {} : { min }),
          ...(max === null ? {} : { max }),
          afterBuildTicks: (built) => {
            built.ticks = (ticks ?? []).map(({ value }) => ({ value }));
          },
          grid: { color: theme.gridline, drawTicks: false },
          border: { display: false },
          ticks: {
            color: theme.muted,
            font: { family: theme.font, size: 12 },
            padding: 6,
            callback: (value) => labels.get(Number(value)) ?? '',
          },
        },
        y: {
          type: 'category',
          offset: true,
          grid: { color: theme.gridline, drawTicks: false },
          border: { display: false },
          ticks: {
            color: theme.ink,
            font: labelFont(theme),
            autoSkip: false,
            callback: (_, index) => labelLines(chart.dots[index]?.label),
          },
        },
      },
      plugins: {
        tooltip: { displayColors: false, callbacks: { label: (item) => dotTooltip(chart.dots[item.dataIndex]) } },
      },
    },
    plugins: [annotations(chart, theme)],
  };
}

function dotTooltip(dot: Dot | undefined): string[] {
  if (dot === undefined) return [];
  return dot.ring === null ? [dot.text] : [dot.text, dot.ring.text];
}

function annotations(chart: DotChart, theme: Theme): Plugin<'line'> {
  return {
    id: 'annotations',
    beforeDatasetsDraw(drawing) {
      drawing.ctx.save();
      for (const [index, dot] of chart.dots.entries()) drawBeneathDot(drawing, theme, dot, index);
      drawing.ctx.restore();
    },
    afterDatasetsDraw(drawing) {
      for (const [index, { text }] of chart.dots.entries()) drawValue(drawing, theme, text, rowY(drawing, index));
    },
  };
}

function rowY(drawing: Drawing, index: number): number {
  return drawing.getDatasetMeta(0).data[index]?.y ?? 0;
}

function drawBeneathDot(drawing: Drawing, theme: Theme, dot: Dot, index: number): void {
  const { ctx } = drawing;
  const at = (value: number) => drawing.scales.x?.getPixelForValue(value) ?? 0;
  const y = rowY(drawing, index);
  ctx.strokeStyle = theme.colorOf(dot);
  ctx.lineWidth = 1.5;
  if (dot.whisker !== null) drawWhisker(ctx, at(dot.whisker[0]), at(dot.whisker[1]), y);
  if (dot.ring !== null) drawRing(ctx, at(dot.ring.value), y, theme);
}
