import type { Axis, Chart, LinePoint, Series } from '../charts/chart.ts';
import type { View } from './view.ts';

/** Of the alternatives of one place that which the reader's choice asks for, with the series that are not hidden. */
export function shownChart(alternatives: readonly Chart[], view: View): Chart | null {
  const chart = chosen(alternatives, view);
  if (chart === null) return null;
  const isShown = (series: Series) => !view.hidden.has(implementationOf(series));
  if (chart.kind === 'bars') return { ...chart, bars: chart.bars.filter(isShown) };
  if (chart.kind === 'dots') return { ...chart, dots: chart.dots.filter(isShown) };
  if (chart.kind === 'strips') return { ...chart, strips: chart.strips.filter(isShown) };
  const isAtShownRate = ({ x }: LinePoint) => !chart.isByRate || !view.hiddenRates.has(String(x));
  const lines = chart.lines.filter(isShown).map((line) => ({ ...line, points: line.points.filter(isAtShownRate) }));
  const points = lines.flatMap((line) => line.points);
  return { ...chart, lines, y: scaled(chart.y, points, view.scale) };
}

/** A recorded run of an implementation, or its results of other settings, are hidden with it. */
export function implementationOf({ label }: Pick<Series, 'label'>): string {
  return label.replace(/ \((recorded|other settings)\)$/, '');
}

/** The kind of latency asked for, and of its percentiles the nearest one not above that asked for. */
function chosen(alternatives: readonly Chart[], { latency, percentile }: View): Chart | null {
  const ofKind = alternatives.filter(({ choice }) => choice === undefined || choice.latency === latency);
  const known = ofKind.length > 0 ? ofKind : alternatives;
  const atMost = known.filter(({ choice }) => (choice?.percentile ?? 0) <= percentile);
  return atMost.at(-1) ?? known[0] ?? null;
}

/** Nothing at or below zero has a place on a logarithmic axis; there the chart's own one stays. */
function scaled(axis: Axis, points: readonly LinePoint[], scale: View['scale']): Axis {
  if (scale === 'auto' || axis.scale === scale) return axis;
  const values = points.flatMap(({ y, whisker }) => [...(y === null ? [] : [y]), ...(whisker ?? [])]);
  if (scale === 'linear') return { ...axis, scale, min: 0, ticks: null };
  return values.some((value) => value <= 0) ? axis : { ...axis, scale, min: null, ticks: null };
}
