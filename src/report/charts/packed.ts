import {
  type BarChart,
  type Chart,
  type DotChart,
  type LineChart,
  type LinePoint,
  type Series,
  type StripChart,
  slotOf,
} from './chart.ts';

/** The charts of a page as it embeds them, in half the bytes: what many share is there once, and the document's own text not again. */
export interface PackedCharts {
  readonly series: readonly Series[];
  readonly texts: readonly string[];
  /** The x of lines that share them, in their order; a line may end earlier. */
  readonly grids: readonly (readonly number[])[];
  readonly charts: readonly PackedChart[];
}

/** `howToRead`: its place among the texts. `altText`: null where it is in the document, on the canvas of the chart's slot. */
type PackedText<One extends Chart> = Omit<One, 'howToRead' | 'altText'> & {
  readonly howToRead: number;
  readonly altText: string | null;
};

type PackedChart =
  | (Omit<PackedText<BarChart>, 'bars'> & { readonly bars: readonly Packed<BarChart['bars'][number]>[] })
  | (Omit<PackedText<DotChart>, 'dots'> & { readonly dots: readonly Packed<DotChart['dots'][number]>[] })
  | (Omit<PackedText<StripChart>, 'strips'> & { readonly strips: readonly Packed<StripChart['strips'][number]>[] })
  | (Omit<PackedText<LineChart>, 'lines'> & { readonly lines: readonly PackedLine[] });

/** `series`: its place among the series. */
type Packed<One extends Series> = Omit<One, keyof Series> & { readonly series: number };
type PackedLine = Omit<Packed<LineChart['lines'][number]>, 'points'> & { readonly points: PackedPoints };

/** The values on one of the grids; with ranges four numbers a point. */
type PackedPoints =
  | { readonly grid: number; readonly values: readonly (number | null)[] }
  | { readonly four: readonly (number | null)[] };

export function packCharts(charts: readonly Chart[]): PackedCharts {
  const series = collected<Series>();
  const texts = collected<string>();
  const grids: number[][] = [];
  const slots = new Set<string>();
  const pack = <One extends Series>({ label, style, recordedOn, ...rest }: One): Packed<One> => ({
    series: series.placeOf({ label, style, recordedOn }),
    ...rest,
  });
  const packed = charts.map((chart): PackedChart => {
    const isFirst = !slots.has(slotOf(chart));
    slots.add(slotOf(chart));
    const text = { howToRead: texts.placeOf(chart.howToRead), altText: isFirst ? null : chart.altText };
    if (chart.kind === 'bars') return { ...chart, ...text, bars: chart.bars.map(pack) };
    if (chart.kind === 'dots') return { ...chart, ...text, dots: chart.dots.map(pack) };
    if (chart.kind === 'strips') return { ...chart, ...text, strips: chart.strips.map(pack) };
    const lines = chart.lines.map((line) => {
      const { points, ...rest } = pack(line);
      return { ...rest, points: packPoints(points, grids) };
    });
    return { ...chart, ...text, lines };
  });
  return { series: series.all, texts: texts.all, grids, charts: packed };
}

/** Each once, by what it says. */
function collected<One>(): { readonly all: One[]; placeOf(one: One): number } {
  const all: One[] = [];
  const places = new Map<string, number>();
  return {
    all,
    placeOf(one) {
      const id = JSON.stringify(one);
      const place = places.get(id) ?? all.push(one) - 1;
      places.set(id, place);
      return place;
    },
  };
}

function packPoints(points: readonly LinePoint[], grids: number[][]): PackedPoints {
  if (points.some(({ whisker }) => whisker !== null))
    return { four: points.flatMap(({ x, y, whisker }) => [x, y, whisker?.[0] ?? null, whisker?.[1] ?? null]) };
  const own = points.map(({ x }) => x);
  const isPrefix = (short: readonly number[], long: readonly number[]) => short.every((x, index) => long[index] === x);
  const known = grids.findIndex((grid) => isPrefix(own, grid) || isPrefix(grid, own));
  if (known >= 0 && own.length > (grids[known]?.length ?? 0)) grids[known] = own;
  return { grid: known >= 0 ? known : grids.push(own) - 1, values: points.map(({ y }) => y) };
}

/** `altTextOf`: what the document says of a slot. */
export function unpackCharts(
  { series, texts, grids, charts }: PackedCharts,
  altTextOf: (slot: string) => string,
): Chart[] {
  const unpack = <One extends object>({ series: place, ...rest }: One & { readonly series: number }) => ({
    ...(series[place] as Series),
    ...rest,
  });
  return charts.map((packed): Chart => {
    const slot = packed.slot ?? packed.id;
    const text = { howToRead: texts[packed.howToRead] ?? '', altText: packed.altText ?? altTextOf(slot) };
    if (packed.kind === 'bars') return { ...packed, ...text, bars: packed.bars.map(unpack) };
    if (packed.kind === 'dots') return { ...packed, ...text, dots: packed.dots.map(unpack) };
    if (packed.kind === 'strips') return { ...packed, ...text, strips: packed.strips.map(unpack) };
    const lines = packed.lines.map(unpack).map((line) => ({ ...line, points: unpackPoints(line.points, grids) }));
    return { ...packed, ...text, lines };
  });
}

function unpackPoints(points: PackedPoints, grids: PackedCharts['grids']): LinePoint[] {
  if ('values' in points)
    return points.values.map((y, index) => ({ x: grids[points.grid]?.[index] ?? 0, y, whisker: null }));
  return inFours(points.four).map(([x, y = null, from = null, to = null]) => ({
    x: x ?? 0,
    y,
    whisker: from === null || to === null ? null : [from, to],
  }));
}

function inFours<One>(all: readonly One[]): One[][] {
  return Array.from({ length: all.length / 4 }, (_, index) => all.slice(index * 4, index * 4 + 4));
}
