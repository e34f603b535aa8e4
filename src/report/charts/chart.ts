import type { SeriesStyle } from './palette.ts';

/** A chart as data: what is drawn, and the words that go with it. Numbers are already in the unit shown. */
export type Chart = BarChart | DotChart | LineChart | StripChart;

interface ChartText {
  /** Unique in the report and fit for an anchor. */
  readonly id: string;
  readonly title: string;
  /** One line for a newcomer. */
  readonly howToRead: string;
  /** What the picture shows, in words. */
  readonly altText: string;
  readonly unit: string;
  /** Charts of one slot are alternatives, of which the reader's choice shows one. Absent: the chart's own id. */
  readonly slot?: string;
  readonly choice?: ChartChoice;
  /** Charts whose cursors move together: they share an x axis. */
  readonly cursorGroup?: string;
}

/** Which choice of the reader shows the chart; what is null does not matter. */
interface ChartChoice {
  readonly latency: 'response' | 'service' | null;
  readonly percentile: number | null;
}

export function slotOf({ id, slot }: Chart): string {
  return slot ?? id;
}

export interface Series {
  readonly label: string;
  readonly style: SeriesStyle;
  /** The machine and day of a recorded run: drawn fainter, never to be compared with this run (null). */
  readonly recordedOn: string | null;
}

/** Horizontal bars from zero, one a series; shorter is better. */
export interface BarChart extends ChartText {
  readonly kind: 'bars';
  readonly bars: readonly Bar[];
  /** A value that matters, such as a limit. */
  readonly line: { readonly value: number; readonly label: string } | null;
}

export interface Bar extends Series {
  readonly value: number;
  /** The value as every table writes it. */
  readonly text: string;
  /** Minimum and maximum trial. */
  readonly whisker: readonly [number, number] | null;
  /** Other values on the same scale. */
  readonly marks: readonly {
    readonly name: string;
    readonly shape: 'ring' | 'tick' | 'cross';
    readonly value: number;
  }[];
}

/** Marks on a logarithmic axis, where a bar's length would mean nothing; lower is better. */
export interface DotChart extends ChartText {
  readonly kind: 'dots';
  readonly x: Axis;
  readonly dots: readonly Dot[];
}

export interface Dot extends Series {
  readonly value: number;
  readonly text: string;
  readonly whisker: readonly [number, number] | null;
  /** A second value of the same kind. */
  readonly ring: { readonly value: number; readonly text: string } | null;
}

export interface LineChart extends ChartText {
  readonly kind: 'lines';
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  /** Whether each point is a measurement of its own (marked) or one of a dense run (only the line). */
  readonly markPoints: boolean;
  /** Whether x is a rate that the reader may hide. */
  readonly isByRate?: boolean;
  readonly events?: readonly ChartEvent[];
  /** A range of y that is drawn beneath, such as the changes that do not matter. */
  readonly band?: readonly [number, number];
}

/** A point for each trial, a row for each series. */
export interface StripChart extends ChartText {
  readonly kind: 'strips';
  readonly strips: readonly Strip[];
}

export interface Strip extends Series {
  readonly values: readonly number[];
  readonly median: number;
  /** The median as every table writes it. */
  readonly text: string;
}

export interface Axis {
  readonly title: string;
  /** percentile: x = −log10(1 − share), each further nine takes the same room. */
  readonly scale: 'linear' | 'logarithmic' | 'percentile';
  /** Where given, these and no others. */
  readonly ticks: readonly { readonly value: number; readonly label: string }[] | null;
  readonly min: number | null;
  readonly max: number | null;
  /** What stands at 1, 2, 3 …, in words: of an axis that counts. */
  readonly names?: readonly string[];
}

/** Something that happened at a place of the x axis. */
export interface ChartEvent {
  readonly x: number;
  readonly text: string;
  /** The line that it is about, which carries a ring there; null: all of them, as a dashed line from top to bottom. */
  readonly label: string | null;
}

export interface Line extends Series {
  readonly points: readonly LinePoint[];
}

export interface LinePoint {
  readonly x: number;
  readonly y: number | null;
  readonly whisker: readonly [number, number] | null;
}

export function chartSeries(chart: Chart): readonly Series[] {
  if (chart.kind === 'bars') return chart.bars;
  if (chart.kind === 'strips') return chart.strips;
  return chart.kind === 'dots' ? chart.dots : chart.lines;
}
