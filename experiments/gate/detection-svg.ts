import type { Interval } from '../../src/stats/interval.ts';

export interface DetectionCurve {
  readonly pairCount: number;
  /** Without the control. */
  readonly isRaw: boolean;
  /** One for each effect. */
  readonly shares: readonly number[];
}

export interface DetectionPoint {
  readonly effectRatio: number;
  readonly pairCount: number;
  readonly share: number;
  readonly interval: Interval;
}

export interface Detection {
  readonly effectRatios: readonly number[];
  readonly curves: readonly DetectionCurve[];
  readonly points: readonly DetectionPoint[];
}

/** Legible on white and on black alike: nothing is filled, and no colour is near either. */
const ink = '#77808a';
const colors = ['#2f81f7', '#d9730d', '#8957e5'];
const plot = { left: 64, right: 684, top: 16, bottom: 330, inset: 16 };
const size = { width: 700, height: 440 };

/** Curves simulated, points measured: share found and confirmed against the true rise. */
export function detectionSvg({ effectRatios, curves, points }: Detection): string {
  const most = effectRatios.at(-1) ?? 1;
  const width = plot.right - plot.left - 2 * plot.inset;
  const x = (ratio: number) => round(plot.left + plot.inset + (ratio / most) * width);
  const y = (share: number) => round(plot.bottom - share * (plot.bottom - plot.top));
  const sizes = [...new Set(curves.map(({ pairCount }) => pairCount))];
  const color = (pairCount: number) => colors[sizes.indexOf(pairCount)] ?? ink;
  const lines = curves.map(({ pairCount, isRaw, shares }) => {
    const at = shares.map((share, index) => `${x(effectRatios[index] ?? 0)},${y(share)}`).join(' ');
    return `<polyline points="${at}" stroke="${color(pairCount)}" stroke-width="2.5" fill="none"${dash(isRaw)}/>`;
  });
  const marks = points.map(({ effectRatio, pairCount, share, interval }) => {
    // Points of several sizes at one effect stand side by side.
    const cx = round(x(effectRatio) + 8 * (sizes.indexOf(pairCount) - (sizes.length - 1) / 2));
    const whisker = `<path d="M${cx} ${y(interval.low)}V${y(interval.high)}" stroke="${color(pairCount)}" stroke-width="1.5"/>`;
    return `${whisker}<circle cx="${cx}" cy="${y(share)}" r="4.5" fill="${color(pairCount)}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="system-ui, sans-serif" font-size="14" fill="${ink}">
<title>Share of comparisons that find and confirm a rise of CPU per request, by its size</title>
${[...axes(x, y, most), ...lines, ...marks, ...legend(sizes, color)].join('\n')}
</svg>
`;
}

type Scale = (ratio: number) => number;

function axes(x: Scale, y: Scale, most: number): string[] {
  const ticks = (count: number, step: number) => Array.from({ length: count + 1 }, (_, index) => (index * step) / 100);
  const rows = ticks(5, 20).map(
    (share) =>
      `<path d="M${plot.left} ${y(share)}H${plot.right}" stroke="${ink}" stroke-opacity="${share === 0 ? 1 : 0.3}"/>${text(plot.left - 8, y(share) + 5, `${Math.round(100 * share)} %`, 'end')}`,
  );
  const columns = ticks(Math.round(50 * most), 2).map((ratio) =>
    text(x(ratio), plot.bottom + 20, `${Math.round(100 * ratio)} %`, 'middle'),
  );
  const middle = (plot.top + plot.bottom) / 2;
  return [
    ...rows,
    ...columns,
    text((plot.left + plot.right) / 2, plot.bottom + 42, 'true rise of CPU per request', 'middle'),
    `<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">found and confirmed</text>`,
  ];
}

function legend(sizes: readonly number[], color: (pairCount: number) => string): string[] {
  const rows = sizes.flatMap((pairCount, index) => {
    const top = plot.bottom + 72 + 22 * index;
    const line = (left: number, isRaw: boolean) =>
      `<path d="M${left} ${top - 5}h32" stroke="${color(pairCount)}" stroke-width="2.5"${dash(isRaw)}/>`;
    return [
      line(plot.left, false),
      text(plot.left + 40, top, `${pairCount} pairs, simulated`, 'start'),
      line(plot.left + 190, true),
      text(plot.left + 230, top, 'without the control', 'start'),
      `<circle cx="${plot.left + 400}" cy="${top - 5}" r="4.5" fill="${color(pairCount)}"/>`,
      text(plot.left + 412, top, 'measured, 95 % interval', 'start'),
    ];
  });
  return rows;
}

function dash(isRaw: boolean): string {
  return isRaw ? ' stroke-dasharray="6 5"' : '';
}

function text(left: number, top: number, words: string, anchor: string): string {
  return `<text x="${left}" y="${top}" text-anchor="${anchor}">${words}</text>`;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
