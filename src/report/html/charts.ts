import type { Range } from '../../stats/descriptive.ts';
import type { SeriesStyle } from '../charts/chart.ts';
import { type Chart, chartSeries, type Series } from '../charts/chart.ts';
import { publishedLabel } from '../charts/election-charts.ts';
import { type Child, h, type Markup } from './markup.ts';

/** The charts of one question under one legend. */
export function chartBlock(charts: readonly Chart[]): Child {
  if (charts.length === 0) return null;
  const series = distinctSeries(charts);
  const grid = h('div', { class: 'grid' }, ...charts.map(chartFigure));
  return h('div', { class: 'charts' }, legend(series), recordedNote(series), grid);
}

function recordedNote(series: readonly Series[]): Child {
  const recorded = series.filter(({ label }) => label !== publishedLabel);
  const machines = new Set(recorded.map(({ recordedOn }) => recordedOn).filter((label) => label !== null));
  if (machines.size === 0) return null;
  return h(
    'p',
    { class: 'aside' },
    `Fainter, “(recorded)”: ${[...machines].join('; ')}. Compare those with each other only.`,
  );
}

function distinctSeries(charts: readonly Chart[]): Series[] {
  const all = charts.flatMap((chart): readonly Series[] => chartSeries(chart));
  return [...new Map(all.map((series) => [series.label, series])).values()];
}

/** A class rather than a number of pixels: the page's policy allows no style attribute. */
function barsHeight(count: number): string {
  if (count <= 3) return 'few';
  if (count <= 8) return 'some';
  return count <= 14 ? 'many' : 'most';
}

export function chartFigure(chart: Chart): Markup {
  const size = chart.kind === 'lines' ? 'lines' : `bars ${barsHeight(chartSeries(chart).length)}`;
  const wide = chart.id.endsWith('-percentiles') ? ' wide' : '';
  return h(
    'figure',
    { class: `chart ${size}${wide}`, id: chart.id },
    h(
      'figcaption',
      {},
      h('strong', { class: 'chart-title' }, `${chart.title}, ${chart.unit}`),
      h('span', { class: 'chart-how' }, chart.howToRead),
    ),
    h(
      'div',
      { class: 'canvas' },
      h('canvas', { 'data-chart': chart.id, role: 'img', 'aria-label': chart.altText }, chart.altText),
    ),
  );
}

/** Drawings that need no script: each implementation's marker, and a figure as a small bar. */

function seriesClass({ family, shade }: SeriesStyle): string {
  return `series ${family}-${shade}`;
}

/** The outline of each language's marker, around (14, 6). */
const markerShapes: Readonly<Record<SeriesStyle['family'], string>> = {
  node: 'M10.5 6a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z',
  go: 'M14 2L18 9.2L10 9.2Z',
  python: 'M10.8 2.8H17.2V9.2H10.8Z',
  other: 'M14 1.8L18.2 6L14 10.2L9.8 6Z',
};

/** The line and point that stand for an implementation in every chart. */
export function marker(style: SeriesStyle): Markup {
  return h(
    'svg',
    { class: `marker ${seriesClass(style)}`, viewBox: '0 0 28 12', width: 28, height: 12, 'aria-hidden': 'true' },
    h('line', { x1: 0, y1: 6, x2: 28, y2: 6 }),
    h('path', { d: markerShapes[style.family] }),
  );
}

const rangeBarWidth = 96;

/** A bar from zero to the median with the range as a thin line, on the scale of its column. */
export function rangeBar(style: SeriesStyle, range: Range, columnMax: number): Markup {
  const at = (value: number) => Number(((value / columnMax) * (rangeBarWidth - 2)).toFixed(1));
  return h(
    'svg',
    {
      class: `range ${seriesClass(style)}`,
      viewBox: `0 0 ${rangeBarWidth} 10`,
      width: rangeBarWidth,
      height: 10,
      'aria-hidden': 'true',
    },
    h('rect', { class: 'bar', x: 0, y: 2, width: at(range.median), height: 6 }),
    h('line', { class: 'whisker', x1: at(range.min), y1: 5, x2: Math.max(at(range.max), at(range.min) + 1), y2: 5 }),
  );
}

/** What the lines of the charts below mean; with JavaScript each name highlights its line. */
function legend(series: readonly Series[]): Child {
  const entries = series.map(({ label, style }) =>
    h('li', {}, h('button', { type: 'button', 'data-series': label, 'aria-pressed': 'false' }, marker(style), label)),
  );
  return h('ul', { class: 'legend', 'aria-label': 'Implementations; press a name to highlight it' }, ...entries);
}
