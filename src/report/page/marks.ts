import type { Chart as Drawing } from 'chart.js';
import type { Look } from './look.ts';

/** Below this a name has room for one word a line. */
const narrowWidth = 480;

export function nameFont(look: Look) {
  return (context: { chart: Drawing }) => ({ family: look.font, size: context.chart.width < narrowWidth ? 11 : 12 });
}

export function nameLines(label = ''): string | string[] {
  return innerWidth < narrowWidth ? label.split(' ') : label;
}

/** In the column at the right edge. */
export function valueText({ ctx, width }: Drawing, look: Look, text: string, y: number): void {
  ctx.fillStyle = look.ink;
  ctx.font = `12px ${look.font}`;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  ctx.fillText(text, width, y);
  ctx.textAlign = 'left';
}

export function whisker(ctx: CanvasRenderingContext2D, from: number, to: number, y: number): void {
  stroke(ctx, from, y, to, y);
  stroke(ctx, from, y - 3, from, y + 3);
  stroke(ctx, to, y - 3, to, y + 3);
}

export function ring(ctx: CanvasRenderingContext2D, x: number, y: number, look: Look): void {
  ctx.beginPath();
  ctx.arc(x, y, 4, 0, 2 * Math.PI);
  ctx.fillStyle = look.paper;
  ctx.fill();
  ctx.stroke();
}

export function stroke(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}
