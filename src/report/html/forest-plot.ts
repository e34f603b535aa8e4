import { changeText } from '../../compare/text.ts';
import type { Change, Comparison } from '../../model/comparison.ts';
import { verdictWords } from '../tables/comparison-table.ts';
import { type Child, h, type Markup } from './markup.ts';

/** A change with its interval over the band of changes that do not matter; null: there is no ratio. */
export function forestPlot(comparison: Comparison | null, reach: number): Child {
  if (comparison === null || !hasRatio(comparison.change)) return null;
  const { label, verdict, change } = comparison;
  const alternative = `${label} ${changeText(change)}: ${verdictWords[verdict.kind]}`;
  return drawing(comparison, change, reach, alternative);
}

export function hasRatio(change: Change | null): change is Change & { ratio: number } {
  return change !== null && change.ratio !== null;
}

const plotWidth = 160;
const plotHeight = 14;
/** Beyond this an interval is drawn as an arrow out of the picture. */
const maxAxisLimit = Math.log(2);

/** How far the picture's axis goes to each side, on the scale of logarithms: as far as the widest interval. */
export function axisLimit(comparisons: readonly Comparison[]): number {
  const ends = comparisons.flatMap(({ change, minEffectRatio }) => [
    1.6 * Math.log1p(minEffectRatio),
    Math.abs(Math.log1p(change?.ratio ?? 0)),
    ...(change?.interval === null || change === null
      ? []
      : [Math.abs(Math.log1p(change.interval.lowRatio)), Math.abs(Math.log1p(change.interval.highRatio))]),
  ]);
  return Math.min(maxAxisLimit, Math.max(0.01, ...ends) * 1.05);
}

/** The interval and its estimate over the band of changes that do not matter; worse is to the right, whatever the metric. */
function drawing(
  { better, minEffectRatio, verdict }: Comparison,
  { ratio, interval }: Change & { readonly ratio: number },
  limit: number,
  alternative: string,
): Markup {
  const side = better === 'lower' ? 1 : -1;
  const at = (change: number) => {
    const share = Math.max(-1, Math.min(1, (side * Math.log1p(change)) / limit));
    return Number(((plotWidth / 2) * (1 + share)).toFixed(1));
  };
  const band = [-minEffectRatio / (1 + minEffectRatio), minEffectRatio].map(at);
  const [from = 0, to = 0] = [...band].sort((a, b) => a - b);
  const centre = plotHeight / 2;
  return h(
    'svg',
    {
      class: `forest ${verdict.kind}`,
      viewBox: `0 0 ${plotWidth} ${plotHeight}`,
      width: plotWidth,
      height: plotHeight,
      role: 'img',
      'aria-label': alternative,
    },
    h('rect', { class: 'band', x: from, y: 0, width: Number((to - from).toFixed(1)), height: plotHeight }),
    h('line', { class: 'zero', x1: plotWidth / 2, y1: 0, x2: plotWidth / 2, y2: plotHeight }),
    interval === null
      ? null
      : h('line', { class: 'whisker', x1: at(interval.lowRatio), y1: centre, x2: at(interval.highRatio), y2: centre }),
    h('path', { class: 'point', d: `M${at(ratio)} ${centre - 4}l4 4l-4 4l-4 -4Z` }),
  );
}
