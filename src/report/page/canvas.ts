import type { Chart as Drawing } from 'chart.js';
import type { Series, SeriesStyle } from '../charts/chart.ts';

/** The page's colours as they are now (light, dark, paper), and whom the reader has singled out. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly gridline: string;
  readonly background: string;
  readonly alert: string;
  readonly font: string;
  /** With transparency: recorded series are fainter, and those that are not singled out fainter still. */
  colorOf(series: Series): string;
  dashOf(style: SeriesStyle): number[];
}

export function readTheme(singled: string | null): Theme {
  const root = getComputedStyle(document.documentElement);
  const named = (name: string) => root.getPropertyValue(`--${name}`).trim();
  return {
    ink: named('ink'),
    muted: named('quiet'),
    gridline: named('rule'),
    background: named('paper'),
    alert: named('alert'),
    font: named('figures'),
    colorOf: ({ style, recordedOn, label }) => {
      const alpha = (recordedOn === null ? 1 : 0.5) * (singled === null || singled === label ? 1 : 0.15);
      return withAlpha(named(`${style.family}-${style.shade}`), alpha);
    },
    dashOf: dashOfStyle,
  };
}

/** Dashes are the style sheet's, so that the signs in tables and the lines in charts agree. */
function dashOfStyle(style: SeriesStyle): number[] {
  const probe = document.querySelector(`.${style.family}-${style.shade}`);
  const dash = probe === null ? '' : getComputedStyle(probe).getPropertyValue('--dash');
  return dash.trim() === '' ? [] : dash.trim().split(' ').map(Number);
}

/** `color` is #rrggbb. */
function withAlpha(color: string, alphaRatio: number): string {
  const alpha = Math.round(alphaRatio * 255).toString(16);
  return `${color}${alpha.padStart(2, '0')}`;
}

/** Below this a name has room for one word a line. */
const narrowWidth = 480;

export function labelFont(look: Theme) {
  return (context: { chart: Drawing }) => ({ family: look.font, size: context.chart.width < narrowWidth ? 11 : 12 });
}

export function labelLines(label = ''): string | string[] {
  return innerWidth < narrowWidth ? label.split(' ') : label;
}

/** In the column at the right edge. */
export function drawValue({ ctx, width }: Drawing, look: Theme, text: string, y: number): void {
  ctx.fillStyle = look.ink;
  ctx.font = `12px ${look.font}`;
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

export function drawRing(ctx: CanvasRenderingContext2D, x: number, y: number, look: Theme): void {
  ctx.beginPath();
  ctx.arc(x, y, 4, 0, 2 * Math.PI);
  ctx.fillStyle = look.background;
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
