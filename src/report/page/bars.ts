import type { ChartConfiguration, Chart as Drawing, Plugin } from 'chart.js';
import type { Bar, BarChart } from '../model.ts';
import type { Look } from './look.ts';
import { shortNumber } from './number.ts';

/** Room for the column of values, in pixels. */
const valueWidth = 52;

/** Horizontal bars from zero with their range, marks and value. */
export function barConfiguration(chart: BarChart, look: Look): ChartConfiguration<'bar'> {
  return {
    type: 'bar',
    data: {
      labels: chart.bars.map((bar) => bar.label),
      datasets: [
        {
          data: chart.bars.map((bar) => bar.value),
          backgroundColor: chart.bars.map((bar) => look.colorOf(bar)),
          barPercentage: 0.62,
          categoryPercentage: 0.9,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { right: valueWidth, top: chart.line === null ? 0 : 18 } },
      scales: {
        x: {
          beginAtZero: true,
          suggestedMax: Math.max(...chart.bars.map(furthest), chart.line?.value ?? 0),
          grid: { color: look.rule, drawTicks: false },
          border: { display: false },
          ticks: { color: look.quiet, font: { family: look.font, size: 12 }, padding: 6, maxTicksLimit: 6 },
        },
        y: {
          grid: { display: false },
          border: { color: look.quiet },
          ticks: {
            color: look.ink,
            font: nameFont(look),
            autoSkip: false,
            callback: (_, index) => nameLines(chart.bars[index]),
          },
        },
      },
      plugins: {
        tooltip: { displayColors: false, callbacks: { label: (item) => barWords(chart, chart.bars[item.dataIndex]) } },
      },
    },
    plugins: [annotations(chart, look)],
  };
}

/** Below this a name has room for one word a line. */
const narrowWidth = 480;

function nameFont(look: Look) {
  return (context: { chart: Drawing }) => ({ family: look.font, size: context.chart.width < narrowWidth ? 11 : 12 });
}

function nameLines(bar: Bar | undefined): string | string[] {
  if (bar === undefined) return '';
  return innerWidth < narrowWidth ? bar.label.split(' ') : bar.label;
}

/** The right-most thing drawn for a bar. */
function furthest(bar: Bar): number {
  return Math.max(bar.value, bar.whisker?.[1] ?? 0, ...bar.marks.map((mark) => mark.value));
}

function barWords(chart: BarChart, bar: Bar | undefined): string[] {
  if (bar === undefined) return [];
  const range = bar.whisker?.map(shortNumber).join(' to ');
  return [
    `${bar.text} ${chart.unit}${range === undefined ? '' : ` (${range})`}`,
    ...bar.marks.map((mark) => `${mark.name} ${shortNumber(mark.value)} ${chart.unit}`),
  ];
}

function annotations(chart: BarChart, look: Look): Plugin<'bar'> {
  return {
    id: 'annotations',
    afterDatasetsDraw(drawing) {
      const { ctx } = drawing;
      ctx.save();
      for (const [index, bar] of chart.bars.entries()) annotate(drawing, look, bar, index);
      if (chart.line !== null) limit(drawing, look, chart.line);
      ctx.restore();
    },
  };
}

function annotate(drawing: Drawing, look: Look, bar: Bar, index: number): void {
  const { ctx } = drawing;
  const at = (value: number) => drawing.scales.x?.getPixelForValue(value) ?? 0;
  const y = drawing.getDatasetMeta(0).data[index]?.y ?? 0;
  ctx.strokeStyle = look.ink;
  ctx.lineWidth = 1.5;
  if (bar.whisker !== null) whisker(ctx, at(bar.whisker[0]), at(bar.whisker[1]), y);
  for (const { shape, value } of bar.marks) {
    if (shape === 'ring') ring(ctx, at(value), y, look);
    else stroke(ctx, at(value), y - 8, at(value), y + 8);
  }
  ctx.fillStyle = look.ink;
  ctx.font = `12px ${look.font}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  ctx.fillText(bar.text, drawing.width, y);
  ctx.textAlign = 'left';
}

function whisker(ctx: CanvasRenderingContext2D, from: number, to: number, y: number): void {
  stroke(ctx, from, y, to, y);
  stroke(ctx, from, y - 3, from, y + 3);
  stroke(ctx, to, y - 3, to, y + 3);
}

function ring(ctx: CanvasRenderingContext2D, x: number, y: number, look: Look): void {
  ctx.beginPath();
  ctx.arc(x, y, 4, 0, 2 * Math.PI);
  ctx.fillStyle = look.paper;
  ctx.fill();
  ctx.stroke();
}

function limit(drawing: Drawing, look: Look, { value, label }: NonNullable<BarChart['line']>): void {
  const { ctx, chartArea, scales } = drawing;
  const x = scales.x?.getPixelForValue(value) ?? 0;
  ctx.strokeStyle = look.alert;
  ctx.setLineDash([4, 3]);
  stroke(ctx, x, chartArea.top, x, chartArea.bottom);
  ctx.setLineDash([]);
  ctx.fillStyle = look.alert;
  ctx.font = `12px ${look.font}`;
  ctx.textBaseline = 'bottom';
  ctx.textAlign = 'center';
  ctx.fillText(label, x, chartArea.top - 3);
  ctx.textAlign = 'left';
}

function stroke(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}
