import type {
  ChartConfiguration,
  ChartDataset,
  Chart as Drawing,
  Plugin,
  ScaleOptionsByType,
  TooltipItem,
} from 'chart.js';
import type { Axis, Line, LineChart } from '../charts/chart.ts';
import { marks } from '../charts/palette.ts';
import { points, shortNumber, type Theme } from './canvas.ts';
import { xValue } from './chart-data.ts';

/** Lines over rate, time or percentile, each with its own colour, dash and shape. */
export function lineConfiguration(chart: LineChart, theme: Theme): ChartConfiguration<'line'> {
  return {
    type: 'line',
    data: { datasets: chart.lines.map((line) => dataset(chart, line, theme)) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      parsing: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: { x: scale(chart.x, theme), y: scale(chart.y, theme) },
      plugins: {
        tooltip: {
          usePointStyle: true,
          itemSort: (a, b) => Number(b.parsed.y) - Number(a.parsed.y),
          callbacks: {
            title: ([first]) => (first === undefined ? '' : tooltipTitle(chart.x, Number(first.parsed.x))),
            label: (item) => tooltipLabel(chart, item),
          },
        },
      },
    },
    plugins: [whiskers(chart, theme), events(chart, theme)],
  };
}

function dataset(chart: LineChart, line: Line, theme: Theme): ChartDataset<'line'> {
  const color = theme.colorOf(line);
  const { shape, radius } = points[line.style.mark];
  return {
    label: line.label,
    data: line.points.map(({ x, y }) => ({ x, y })) as { x: number; y: number }[],
    borderColor: color,
    backgroundColor: color,
    borderDash: [...marks[line.style.mark].dash],
    borderWidth: line.recordedOn === null ? 2 : 1.25,
    pointStyle: shape,
    pointRadius: chart.markPoints ? radius + 1 : markerRadii(line, radius),
    pointBorderColor: line.style.mark === 'cross' ? color : theme.background,
    pointBorderWidth: line.style.mark === 'cross' ? 2.5 : 1,
    pointHoverRadius: 5,
    tension: 0,
    // A mark on the edge is drawn whole.
    clip: false,
  };
}

/** Of a dense line a few points are marked, so that its shape shows beside its colour. */
function markerRadii(line: Line, radius: number): number[] {
  const step = Math.max(1, Math.floor(line.points.length / 6));
  const offset = (line.style.shade * Math.ceil(step / 4)) % step;
  return line.points.map((_, index) => (index % step === offset ? radius : 0));
}

type ScaleOptions = Partial<ScaleOptionsByType<'linear'>>;

function scale(axis: Axis, theme: Theme): ScaleOptions {
  const { ticks } = axis;
  const font = { family: theme.font, size: 12 };
  const labels = new Map(ticks?.map(({ value, label }) => [value, label]));
  return {
    type: axis.scale === 'logarithmic' ? 'logarithmic' : 'linear',
    ...(axis.min === null ? {} : { min: axis.min }),
    ...(axis.max === null ? {} : { max: axis.max }),
    ...(ticks === null
      ? {}
      : {
          afterBuildTicks: (built: { ticks: { value: number }[] }) => {
            built.ticks = ticks.map(({ value }) => ({ value }));
          },
        }),
    title: { display: true, text: axis.title, color: theme.muted, font },
    grid: { color: theme.gridline, drawTicks: false },
    border: { display: false },
    ticks: {
      color: theme.muted,
      font,
      padding: 6,
      maxTicksLimit: 7,
      autoSkip: ticks === null,
      callback: (value: number | string) => labels.get(Number(value)) ?? tickLabel(axis, Number(value)),
    },
  } as unknown as ScaleOptions;
}

/** On a logarithmic axis only 1, 2 and 5 of each decade have room. */
function tickLabel(axis: Axis, value: number): string {
  const leading = Number(value.toExponential(0).charAt(0));
  return axis.scale === 'logarithmic' && ![1, 2, 5].includes(leading) ? '' : shortNumber(value);
}

const shortPercent = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** Where on the x axis, in words; a percentile is read back from its position. */
export function tooltipTitle(axis: Axis, x: number): string {
  const name = axis.names?.[x - 1];
  if (name !== undefined) return name;
  if (axis.scale === 'percentile') return `${shortPercent.format(xValue(axis, x))} % of requests within`;
  return `${shortNumber(x)} ${axis.title}`;
}

function tooltipLabel(chart: LineChart, item: TooltipItem<'line'>): string {
  const range = chart.lines[item.datasetIndex]?.points[item.dataIndex]?.whisker;
  const span = range ? ` (${range.map(shortNumber).join(' to ')})` : '';
  return `${item.dataset.label ?? ''} ${shortNumber(Number(item.parsed.y))} ${chart.unit}${span}`;
}

function whiskers(chart: LineChart, theme: Theme): Plugin<'line'> {
  return {
    id: 'whiskers',
    beforeDatasetsDraw(drawing) {
      const { ctx, scales } = drawing;
      ctx.save();
      if (chart.band !== undefined) drawBand(drawing, chart.band, theme);
      ctx.lineWidth = 1.5;
      for (const line of chart.lines) {
        ctx.strokeStyle = theme.colorOf(line);
        for (const { x, whisker } of line.points) {
          if (whisker === null) continue;
          const at = scales.x?.getPixelForValue(x) ?? 0;
          ctx.beginPath();
          ctx.moveTo(at, scales.y?.getPixelForValue(whisker[0]) ?? 0);
          ctx.lineTo(at, scales.y?.getPixelForValue(whisker[1]) ?? 0);
          ctx.stroke();
        }
      }
      ctx.restore();
    },
  };
}

const eventDash = [2, 4];
const ringRadius = 8;

/** What happened to all lines from top to bottom, what happened to one as a ring around its point. */
function events(chart: LineChart, theme: Theme): Plugin<'line'> {
  return {
    id: 'events',
    afterDatasetsDraw({ ctx, scales, chartArea }) {
      ctx.save();
      for (const { x, label } of chart.events ?? []) {
        const at = scales.x?.getPixelForValue(x) ?? 0;
        const line = chart.lines.find((one) => one.label === label);
        const y = line?.points.find((point) => point.x === x)?.y ?? null;
        ctx.beginPath();
        if (label === null) {
          ctx.strokeStyle = theme.muted;
          ctx.lineWidth = 1;
          ctx.setLineDash(eventDash);
          ctx.moveTo(at, chartArea.top);
          ctx.lineTo(at, chartArea.bottom);
        } else if (line !== undefined && y !== null) {
          ctx.strokeStyle = theme.colorOf(line);
          ctx.lineWidth = 2;
          ctx.setLineDash([]);
          ctx.arc(at, scales.y?.getPixelForValue(y) ?? 0, ringRadius, 0, 2 * Math.PI);
        }
        ctx.stroke();
      }
      ctx.restore();
    },
  };
}

function drawBand({ ctx, chartArea, scales }: Drawing, [from, to]: readonly [number, number], theme: Theme): void {
  const at = (value: number) => scales.y?.getPixelForValue(value) ?? 0;
  const [top, bottom] = [at(to), at(from)].map((y) => Math.min(chartArea.bottom, Math.max(chartArea.top, y)));
  ctx.fillStyle = theme.gridline;
  ctx.globalAlpha = 0.6;
  ctx.fillRect(chartArea.left, top ?? 0, chartArea.width, (bottom ?? 0) - (top ?? 0));
  ctx.globalAlpha = 1;
}
