import type { Range } from '../stats/range.ts';
import type { Series } from './chart.ts';
import { type Child, h, type Markup } from './markup.ts';
import type { SeriesStyle } from './who.ts';

/** Drawings that need no script: each implementation's sign, and a figure as a small bar. */

export function seriesClass({ family, variant }: SeriesStyle): string {
  return `series ${family}-${variant}`;
}

/** The outline of each language's sign, around (14, 6). */
const shapes: Readonly<Record<SeriesStyle['family'], string>> = {
  node: 'M10.5 6a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0Z',
  go: 'M14 2L18 9.2L10 9.2Z',
  python: 'M10.8 2.8H17.2V9.2H10.8Z',
  other: 'M14 1.8L18.2 6L14 10.2L9.8 6Z',
};

/** The line and point that stand for an implementation in every chart. */
export function sign(style: SeriesStyle): Markup {
  return h(
    'svg',
    { class: `sign ${seriesClass(style)}`, viewBox: '0 0 28 12', width: 28, height: 12, 'aria-hidden': 'true' },
    h('line', { x1: 0, y1: 6, x2: 28, y2: 6 }),
    h('path', { d: shapes[style.family] }),
  );
}

const stripWidth = 96;

/** A bar from zero to the median with the range as a thin line, on the scale of its column. */
export function strip(style: SeriesStyle, range: Range, columnMax: number): Markup {
  const at = (value: number) => Number(((value / columnMax) * (stripWidth - 2)).toFixed(1));
  return h(
    'svg',
    {
      class: `strip ${seriesClass(style)}`,
      viewBox: `0 0 ${stripWidth} 10`,
      width: stripWidth,
      height: 10,
      'aria-hidden': 'true',
    },
    h('rect', { class: 'bar', x: 0, y: 2, width: at(range.median), height: 6 }),
    h('line', { class: 'whisker', x1: at(range.min), y1: 5, x2: Math.max(at(range.max), at(range.min) + 1), y2: 5 }),
  );
}

/** What the lines of the charts below mean; with JavaScript each name singles its line out. */
export function legend(series: readonly Series[]): Child {
  const entries = series.map(({ label, style }) =>
    h('li', {}, h('button', { type: 'button', 'data-series': label, 'aria-pressed': 'false' }, sign(style), label)),
  );
  return h('ul', { class: 'legend', 'aria-label': 'Implementations; press a name to single it out' }, ...entries);
}
