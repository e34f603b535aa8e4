import { Chart as Drawing } from 'chart.js';
import type { Chart } from '../model.ts';
import { barConfiguration } from './bars.ts';
import { dotConfiguration } from './dots.ts';
import { lineConfiguration } from './lines.ts';
import { type Look, readLook } from './look.ts';
import './parts.ts';

interface Picture {
  readonly canvas: HTMLCanvasElement;
  readonly chart: Chart;
}

/** Draws every chart the page has a canvas for, and keeps all of them in the colours and emphasis of the moment. */
function start(): void {
  document.documentElement.classList.add('js');
  const pictures = readPictures();
  let singled: string | null = null;
  const drawAll = () => {
    const look = readLook(singled);
    for (const picture of pictures) draw(picture, look);
  };
  for (const query of ['(prefers-color-scheme: dark)', 'print']) matchMedia(query).addEventListener('change', drawAll);
  addEventListener('beforeprint', openEverything);
  listenToLegends((label) => {
    singled = singled === label ? null : label;
    markLegends(singled);
    drawAll();
  });
  drawAll();
}

function readPictures(): Picture[] {
  const charts: Chart[] = JSON.parse(document.getElementById('charts')?.textContent ?? '[]');
  const byId = new Map(charts.map((chart) => [chart.id, chart]));
  return [...document.querySelectorAll('canvas')].flatMap((canvas) => {
    const chart = byId.get(canvas.dataset.chart ?? '');
    return chart === undefined ? [] : [{ canvas, chart }];
  });
}

function draw({ canvas, chart }: Picture, look: Look): void {
  Drawing.getChart(canvas)?.destroy();
  if (chart.kind === 'bars') new Drawing(canvas, barConfiguration(chart, look));
  else if (chart.kind === 'dots') new Drawing(canvas, dotConfiguration(chart, look));
  else new Drawing(canvas, lineConfiguration(chart, look));
}

function legendButtons(): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>('.legend button')];
}

function listenToLegends(press: (label: string) => void): void {
  for (const button of legendButtons()) button.addEventListener('click', () => press(button.dataset.series ?? ''));
}

function markLegends(singled: string | null): void {
  for (const button of legendButtons()) {
    button.setAttribute('aria-pressed', String(button.dataset.series === singled));
    button.closest('.legend')?.classList.toggle('single', singled !== null);
  }
}

/** Paper has no folds. */
function openEverything(): void {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
}

start();
