import type { Range } from '../../stats/descriptive.ts';
import { type Chart, chartSeries, type Series, slotOf } from '../charts/chart.ts';
import { publishedLabel } from '../charts/election-charts.ts';
import { marks, type SeriesStyle, styleName } from '../charts/palette.ts';
import { type Child, h, type Markup } from './markup.ts';

/** The charts of one question under one legend. `faintText`: what fainter lines are, where they are no recorded runs. */
export function chartBlock(charts: readonly Chart[], faintText: string | null = null): Child {
  if (charts.length === 0) return null;
  const series = distinctSeries(charts);
  const hasFaint = series.some(({ recordedOn }) => recordedOn !== null);
  const named = faintText === null ? series : series.filter(({ recordedOn }) => recordedOn === null);
  const faint = hasFaint ? h('p', { class: 'aside' }, faintText) : null;
  const note = faintText === null ? recordedNote(series) : faint;
  return h('div', { class: 'charts' }, legend(named), note, chartGrid(charts));
}

/** Of alternatives the first is described until the script knows what the reader has chosen. */
function chartGrid(charts: readonly Chart[]): Markup {
  const first = [...Map.groupBy(charts, slotOf).values()].flatMap((alternatives) => alternatives.slice(0, 1));
  return h('div', { class: 'grid' }, ...first.map(chartFigure));
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
  if (count <= 14) return 'many';
  return count <= 24 ? 'most' : 'max';
}

export function chartFigure(chart: Chart): Markup {
  const size = chart.kind === 'lines' ? 'lines' : `bars ${barsHeight(chartSeries(chart).length)}`;
  return h(
    'figure',
    { class: `chart ${size}`, id: slotOf(chart) },
    h(
      'figcaption',
      {},
      h('strong', { class: 'chart-title' }, `${chart.title}, ${chart.unit}`),
      h('span', { class: 'chart-how' }, chart.howToRead),
    ),
    h(
      'div',
      { class: 'canvas' },
      h('canvas', { 'data-chart': slotOf(chart), role: 'img', tabindex: 0, 'aria-label': chart.altText }),
    ),
    h(
      'p',
      { class: 'tools' },
      tool('table', 'Table', { 'aria-expanded': 'false' }),
      tool('csv', 'CSV'),
      tool('png', 'PNG'),
      h('a', { href: `#${slotOf(chart)}` }, 'Link'),
      h('span', { class: 'cursor', 'aria-live': 'polite' }),
    ),
  );
}

function tool(name: string, text: string, attributes = {}): Markup {
  return h('button', { type: 'button', 'data-tool': name, ...attributes }, text);
}

/** Drawings that need no script: each implementation's marker, and a figure as a small bar. */

/** The line and point that stand for a series in every chart; a page has hundreds, so each is drawn from `markerShapes`. */
export function marker(style: SeriesStyle): Markup {
  return h(
    'svg',
    { class: `marker ${styleName(style)}`, 'aria-hidden': 'true' },
    h('use', { href: `#${markerId(style.mark)}` }),
  );
}

/** Each mark once, for the whole page. */
export function markerShapes(): Markup {
  const shapes = (Object.keys(marks) as SeriesStyle['mark'][]).map((mark) => {
    const { path, dash } = marks[mark];
    return h(
      'symbol',
      { id: markerId(mark), viewBox: '-14 -6 28 12' },
      h('line', {
        class: 'marker-line',
        x1: -14,
        y1: 0,
        x2: 14,
        y2: 0,
        'stroke-dasharray': dash.length === 0 ? null : dash.join(' '),
      }),
      h('path', { class: 'marker-point', d: path }),
    );
  });
  return h('svg', { class: 'shapes', 'aria-hidden': 'true' }, ...shapes);
}

function markerId(mark: SeriesStyle['mark']): string {
  return `mark-${mark}`;
}

const rangeBarWidth = 96;

/** A bar from zero to the median with the range as a thin line, on the scale of its column. */
export function rangeBar(style: SeriesStyle, range: Range, columnMax: number): Markup {
  const at = (value: number) => Number(((value / columnMax) * (rangeBarWidth - 2)).toFixed(1));
  return h(
    'svg',
    {
      class: `range ${styleName(style)}`,
      viewBox: `0 0 ${rangeBarWidth} 10`,
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
