import type { Chart as Drawing, PointStyle } from 'chart.js';
import type { Series } from '../charts/chart.ts';
import { type SeriesStyle, styleName } from '../charts/palette.ts';
import { implementationOf } from './shown-chart.ts';

/** The page's colours as they are now (light, dark, paper), and the series that the reader has highlighted. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly gridline: string;
  readonly background: string;
  readonly alert: string;
  readonly font: string;
  /** With transparency: recorded series are fainter, and those that are not highlighted fainter still. */
  colorOf(series: Series): string;
}

export function readTheme(highlighted: string | null): Theme {
  const root = getComputedStyle(document.documentElement);
  const named = (name: string) => root.getPropertyValue(`--${name}`).trim();
  return {
    ink: named('ink'),
    muted: named('muted'),
    gridline: named('rule'),
    background: named('paper'),
    alert: named('alert'),
    font: named('figures'),
    colorOf: (series) => {
      const isFaded = highlighted !== null && highlighted !== implementationOf(series);
      const alpha = (series.recordedOn === null ? 1 : 0.5) * (isFaded ? 0.15 : 1);
      return withAlpha(named(styleName(series.style)), alpha);
    },
  };
}

/** `color` is #rrggbb. */
function withAlpha(color: string, alphaRatio: number): string {
  const alpha = Math.round(alphaRatio * 255).toString(16);
  return `${color}${alpha.padStart(2, '0')}`;
}

/** chart.js's name for a marker, and the radius at which all five seem equally large. */
export const points: Readonly<Record<SeriesStyle['mark'], { readonly shape: PointStyle; readonly radius: number }>> = {
  circle: { shape: 'circle', radius: 3.5 },
  triangle: { shape: 'triangle', radius: 5 },
  square: { shape: 'rect', radius: 4.5 },
  diamond: { shape: 'rectRot', radius: 5 },
  cross: { shape: 'crossRot', radius: 4.5 },
};

/** Below this a name has room for one word a line. */
const narrowWidth = 480;

export function labelFont(theme: Theme) {
  return (context: { chart: Drawing }) => ({ family: theme.font, size: context.chart.width < narrowWidth ? 11 : 12 });
}

export function labelLines(label = ''): string | string[] {
  return innerWidth < narrowWidth ? label.split(' ') : label;
}

/** In the column at the right edge. */
export function drawValue({ ctx, width }: Drawing, theme: Theme, text: string, y: number): void {
  ctx.fillStyle = theme.ink;
  ctx.font = `12px ${theme.font}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  ctx.fillText(text, width, y);
  ctx.textAlign = 'left';
}

export function drawWhisker(ctx: CanvasRenderingContext2D, from: number, to: number, y: number): void {
  drawLine(ctx, from, y, to, y);
  drawLine(ctx, from, y - 3, from, y + 3);
  drawLine(ctx, to, y - 3, to, y + 3);
}

export function drawCross(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  drawLine(ctx, x - 4, y - 4, x + 4, y + 4);
  drawLine(ctx, x - 4, y + 4, x + 4, y - 4);
}

export function drawRing(ctx: CanvasRenderingContext2D, x: number, y: number, theme: Theme): void {
  ctx.beginPath();
  ctx.arc(x, y, 4, 0, 2 * Math.PI);
  ctx.fillStyle = theme.background;
  ctx.fill();
  ctx.stroke();
}

export function drawLine(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

export function shortNumber(value: number): string {
  return threeDigits.format(value);
}
