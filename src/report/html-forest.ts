import type { Change, Comparison } from '../model/comparison.ts';
import { h, type Markup } from './markup.ts';

const width = 160;
const height = 14;
/** Beyond this an interval is drawn as an arrow out of the picture. */
const greatestReach = Math.log(2);

/** How far the picture's axis goes to each side, on the scale of logarithms: as far as the widest interval. */
export function reachOf(comparisons: readonly Comparison[]): number {
  const ends = comparisons.flatMap(({ change, smallestEffectRatio }) => [
    1.6 * Math.log1p(smallestEffectRatio),
    Math.abs(Math.log1p(change?.ratio ?? 0)),
    ...(change?.interval === null || change === null
      ? []
      : [Math.abs(Math.log1p(change.interval.lowRatio)), Math.abs(Math.log1p(change.interval.highRatio))]),
  ]);
  return Math.min(greatestReach, Math.max(0.01, ...ends) * 1.05);
}

/** The interval and its estimate over the band of changes that do not matter; worse is to the right, whatever the metric. */
export function forest(
  { better, smallestEffectRatio, verdict }: Comparison,
  { ratio, interval }: Change & { readonly ratio: number },
  reach: number,
  alternative: string,
): Markup {
  const side = better === 'lower' ? 1 : -1;
  const at = (change: number) => {
    const share = Math.max(-1, Math.min(1, (side * Math.log1p(change)) / reach));
    return Number(((width / 2) * (1 + share)).toFixed(1));
  };
  const band = [-smallestEffectRatio / (1 + smallestEffectRatio), smallestEffectRatio].map(at);
  const [from = 0, to = 0] = [...band].sort((a, b) => a - b);
  const middle = height / 2;
  return h(
    'svg',
    {
      class: `forest ${verdict.kind}`,
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': alternative,
    },
    h('rect', { class: 'band', x: from, y: 0, width: Number((to - from).toFixed(1)), height }),
    h('line', { class: 'zero', x1: width / 2, y1: 0, x2: width / 2, y2: height }),
    interval === null
      ? null
      : h('line', { class: 'whisker', x1: at(interval.lowRatio), y1: middle, x2: at(interval.highRatio), y2: middle }),
    h('path', { class: 'point', d: `M${at(ratio)} ${middle - 4}l4 4l-4 4l-4 -4Z` }),
  );
}
