import type { ChartConfiguration, Chart as Drawing, Plugin } from 'chart.js';
import type { Bar, BarChart } from '../charts/chart.ts';
import {
  drawCross,
  drawLine,
  drawRing,
  drawValue,
  drawWhisker,
  labelFont,
  labelLines,
  shortNumber,
  type Theme,
} from './canvas.ts';

/** Room for the column of values, in pixels. */
const valueColumnWidth = 52;

/** Horizontal bars from zero with their range, marks and value. */
export function barConfiguration(chart: BarChart, theme: Theme): ChartConfiguration<'bar'> {
  return {
    type: 'bar',
    data: {
      labels: chart.bars.map((bar) => bar.label),
      datasets: [
        {
          data: chart.bars.map((bar) => bar.value),
          backgroundColor: chart.bars.map((bar) => theme.colorOf(bar)),
          barPercentage: 0.62,
          categoryPercentage: 0.9,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { right: valueColumnWidth, top: chart.line === null ? 0 : 18 } },
      scales: {
        x: {
          beginAtZero: true,
          suggestedMax: Math.max(...chart.bars.map(maxValue), chart.line?.value ?? 0),
          grid: { color: theme.gridline, drawTicks: false },
          border: { display: false },
          ticks: { color: theme.muted, font: { family: theme.font, size: 12 }, padding: 6, maxTicksLimit: 6 },
        },
        y: {
          grid: { display: false },
          border: { color: theme.muted },
          ticks: {
            color: theme.ink,
            font: labelFont(theme),
            autoSkip: false,
            callback: (_, index) => labelLines(chart.bars[index]?.label),
          },
        },
      },
      plugins: {
        tooltip: {
          displayColors: false,
          callbacks: { label: (item) => barTooltip(chart, chart.bars[item.dataIndex]) },
        },
      },
    },
    plugins: [annotations(chart, theme)],
  };
}

/** The right-most thing drawn for a bar. */
function maxValue(bar: Bar): number {
  return Math.max(bar.value, bar.whisker?.[1] ?? 0, ...bar.marks.map((mark) => mark.value));
}

function barTooltip(chart: BarChart, bar: Bar | undefined): string[] {
  if (bar === undefined) return [];
  const range = bar.whisker?.map(shortNumber).join(' to ');
  return [
    `${bar.text} ${chart.unit}${range === undefined ? '' : ` (${range})`}`,
    ...bar.marks.map((mark) => `${mark.name} ${shortNumber(mark.value)} ${chart.unit}`),
  ];
}

function annotations(chart: BarChart, theme: Theme): Plugin<'bar'> {
  return {
    id: 'annotations',
    afterDatasetsDraw(drawing) {
      const { ctx } = drawing;
      ctx.save();
      for (const [index, bar] of chart.bars.entries()) drawAnnotations(drawing, theme, bar, index);
      if (chart.line !== null) drawLimit(drawing, theme, chart.line);
      ctx.restore();
    },
  };
}

function drawAnnotations(drawing: Drawing, theme: Theme, bar: Bar, index: number): void {
  const { ctx } = drawing;
  const at = (value: number) => drawing.scales.x?.getPixelForValue(value) ?? 0;
  const y = drawing.getDatasetMeta(0).data[index]?.y ?? 0;
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1.5;
  if (bar.whisker !== null) drawWhisker(ctx, at(bar.whisker[0]), at(bar.whisker[1]), y);
  for (const { shape, value } of bar.marks) {
    if (shape === 'ring') drawRing(ctx, at(value), y, theme);
    else if (shape === 'cross') drawCross(ctx, at(value), y);
    else drawLine(ctx, at(value), y - 8, at(value), y + 8);
  }
  drawValue(drawing, theme, bar.text, y);
}

function drawLimit(drawing: Drawing, theme: Theme, { value, label }: NonNullable<BarChart['line']>): void {
  const { ctx, chartArea, scales } = drawing;
  const x = scales.x?.getPixelForValue(value) ?? 0;
  ctx.strokeStyle = theme.alert;
  ctx.setLineDash([4, 3]);
  drawLine(ctx, x, chartArea.top, x, chartArea.bottom);
  ctx.setLineDash([]);
  ctx.fillStyle = theme.alert;
  ctx.font = `12px ${theme.font}`;
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'center';
  ctx.fillText(label, x, chartArea.top - 3);
  ctx.textAlign = 'left';
}
