import { type Chart, type Series, seriesIn } from './chart.ts';
import { publishedLabel } from './election-charts.ts';
import { legend } from './html-series.ts';
import { type Child, h, type Markup } from './markup.ts';

/** The charts of one question under one legend. */
export function chartBlock(charts: readonly Chart[]): Child {
  if (charts.length === 0) return null;
  const series = everySeries(charts);
  const grid = h('div', { class: 'grid' }, ...charts.map(figure));
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

function everySeries(charts: readonly Chart[]): Series[] {
  const all = charts.flatMap((chart): readonly Series[] => seriesIn(chart));
  return [...new Map(all.map((series) => [series.label, series])).values()];
}

/** A class rather than a number of pixels: the page's policy allows no style attribute. */
function barsHeight(count: number): string {
  if (count <= 3) return 'few';
  if (count <= 8) return 'some';
  return count <= 14 ? 'many' : 'most';
}

export function figure(chart: Chart): Markup {
  const size = chart.kind === 'lines' ? 'lines' : `bars ${barsHeight(seriesIn(chart).length)}`;
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
      h('canvas', { 'data-chart': chart.id, role: 'img', 'aria-label': chart.alternative }, chart.alternative),
    ),
  );
}
