import type { Chart as Drawing } from 'chart.js';
import type { Series, SeriesStyle } from '../charts/chart.ts';

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
  dashOf(style: SeriesStyle): number[];
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
    colorOf: ({ style, recordedOn, label }) => {
      const alpha = (recordedOn === null ? 1 : 0.5) * (highlighted === null || highlighted === label ? 1 : 0.15);
      return withAlpha(named(`${style.family}-${style.shade}`), alpha);
    },
    dashOf: dashOfStyle,
  };
}

/** Dashes are the style sheet's, so that the markers in tables and the lines in charts agree. */
function dashOfStyle(style: SeriesStyle): number[] {
  const element = document.querySelector(`.${style.family}-${style.shade}`);
  const dash = element === null ? '' : getComputedStyle(element).getPropertyValue('--dash');
  return dash.trim() === '' ? [] : dash.trim().split(' ').map(Number);
}

/** `color` is #rrggbb. */
function withAlpha(color: string, alphaRatio: number): string {
  const alpha = Math.round(alphaRatio * 255).toString(16);
  return `${color}${alpha.padStart(2, '0')}`;
}

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
