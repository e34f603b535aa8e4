import { Chart as Drawing } from 'chart.js';
import type { Chart } from '../charts/chart.ts';
import { barConfiguration } from './bar-chart.ts';
import { readTheme, type Theme } from './canvas.ts';
import { dotConfiguration } from './dot-chart.ts';
import { lineConfiguration } from './line-chart.ts';
import './chart-components.ts';

interface ChartCanvas {
  readonly canvas: HTMLCanvasElement;
  readonly chart: Chart;
}

/** Draws every chart the page has a canvas for, and keeps all of them in the colours and emphasis of the moment. */
function drawPage(): void {
  document.documentElement.classList.add('js');
  const pictures = readCharts();
  let highlighted: string | null = null;
  const drawAll = () => {
    const theme = readTheme(highlighted);
    for (const picture of pictures) draw(picture, theme);
  };
  for (const query of ['(prefers-color-scheme: dark)', 'print']) matchMedia(query).addEventListener('change', drawAll);
  addEventListener('beforeprint', openAllDetails);
  listenToLegends((label) => {
    highlighted = highlighted === label ? null : label;
    markLegends(highlighted);
    drawAll();
  });
  drawAll();
}

function readCharts(): ChartCanvas[] {
  const charts: Chart[] = JSON.parse(document.getElementById('charts')?.textContent ?? '[]');
  const byId = new Map(charts.map((chart) => [chart.id, chart]));
  return [...document.querySelectorAll('canvas')].flatMap((canvas) => {
    const chart = byId.get(canvas.dataset.chart ?? '');
    return chart === undefined ? [] : [{ canvas, chart }];
  });
}

function draw({ canvas, chart }: ChartCanvas, theme: Theme): void {
  Drawing.getChart(canvas)?.destroy();
  if (chart.kind === 'bars') new Drawing(canvas, barConfiguration(chart, theme));
  else if (chart.kind === 'dots') new Drawing(canvas, dotConfiguration(chart, theme));
  else new Drawing(canvas, lineConfiguration(chart, theme));
}

function legendButtons(): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>('.legend button')];
}

function listenToLegends(press: (label: string) => void): void {
  for (const button of legendButtons()) button.addEventListener('click', () => press(button.dataset.series ?? ''));
}

function markLegends(highlighted: string | null): void {
  for (const button of legendButtons()) {
    button.setAttribute('aria-pressed', String(button.dataset.series === highlighted));
    button.closest('.legend')?.classList.toggle('single', highlighted !== null);
  }
}

/** Paper has no folds. */
function openAllDetails(): void {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
}

drawPage();
