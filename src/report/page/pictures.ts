import { Chart as Drawing } from 'chart.js';
import { type Chart, chartSeries, slotOf } from '../charts/chart.ts';
import { barConfiguration } from './bar-chart.ts';
import { readTheme, shortNumber } from './canvas.ts';
import { dotConfiguration } from './dot-chart.ts';
import { lineConfiguration, tooltipTitle } from './line-chart.ts';
import { implementationOf, shownChart } from './shown-chart.ts';
import { stripConfiguration, stripSummary } from './strip-chart.ts';
import type { View } from './view.ts';
import './chart-components.ts';

/** A canvas, the charts among which the reader chooses, and the one that is drawn. */
export interface Picture {
  readonly canvas: HTMLCanvasElement;
  readonly alternatives: readonly Chart[];
  chart: Chart | null;
  isNear: boolean;
}

export interface Pictures {
  readonly all: readonly Picture[];
  /** In the colours of the moment: what is near the screen now, the rest when the reader comes near. */
  draw(view: View): void;
  drawEverything(): void;
  add(canvas: HTMLCanvasElement, chart: Chart): void;
}

export function createPictures(charts: readonly Chart[], initial: View): Pictures {
  let view = initial;
  const bySlot = Map.groupBy(charts, slotOf);
  const all: Picture[] = [...document.querySelectorAll('canvas')].map((canvas) =>
    pictureOf(canvas, bySlot.get(canvas.dataset.chart ?? '') ?? []),
  );
  const drawOne = (picture: Picture) => drawPicture(picture, view, all);
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const picture = all.find(({ canvas }) => canvas === target);
        if (picture === undefined) continue;
        picture.isNear = isIntersecting;
        if (isIntersecting && picture.chart === null) drawOne(picture);
      }
    },
    { rootMargin: '100% 0px' },
  );
  for (const { canvas } of all) observer.observe(canvas);
  return {
    all,
    draw(next) {
      view = next;
      for (const picture of all) {
        describe(picture, view);
        if (picture.isNear) drawOne(picture);
        else forget(picture);
      }
    },
    drawEverything() {
      for (const picture of all) if (picture.canvas.offsetParent !== null) drawOne(picture);
    },
    add(canvas, chart) {
      const picture = pictureOf(canvas, [chart]);
      all.push(picture);
      listenForCursor(picture, all);
      observer.observe(canvas);
    },
  };

  function pictureOf(canvas: HTMLCanvasElement, alternatives: readonly Chart[]): Picture {
    return { canvas, alternatives, chart: null, isNear: false };
  }
}

function forget(picture: Picture): void {
  Drawing.getChart(picture.canvas)?.destroy();
  picture.chart = null;
}

/** Title, how to read it and its words follow the reader's choice. */
function describe({ canvas, alternatives }: Picture, view: View): void {
  const chart = shownChart(alternatives, view);
  const figure = canvas.closest('figure');
  if (chart === null || figure === null) return;
  setText(figure.querySelector('.chart-title'), `${chart.title}, ${chart.unit}`);
  setText(figure.querySelector('.chart-how'), chart.howToRead);
  canvas.setAttribute('aria-label', chart.altText);
}

function setText(element: Element | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

function drawPicture(picture: Picture, view: View, all: readonly Picture[]): void {
  forget(picture);
  const chart = shownChart(picture.alternatives, view);
  picture.chart = chart;
  if (chart === null) return;
  const isHighlightedHere = chartSeries(chart).some((series) => implementationOf(series) === view.highlighted);
  const theme = readTheme(isHighlightedHere ? view.highlighted : null);
  const { canvas } = picture;
  if (chart.kind === 'bars') new Drawing(canvas, barConfiguration(chart, theme));
  else if (chart.kind === 'strips') new Drawing(canvas, stripConfiguration(chart, theme));
  else if (chart.kind === 'dots') new Drawing(canvas, dotConfiguration(chart, theme));
  else new Drawing(canvas, withCursor(lineConfiguration(chart, theme), picture, all));
}

type LineConfiguration = ReturnType<typeof lineConfiguration>;

/** The mouse's place on the x axis moves the cursors of all charts that share it. */
function withCursor(configuration: LineConfiguration, picture: Picture, all: readonly Picture[]): LineConfiguration {
  const { options } = configuration;
  return {
    ...configuration,
    options: {
      ...options,
      onHover: (_, [element], drawing) => {
        const point = element === undefined ? undefined : pointsOf(drawing)[element.datasetIndex]?.[element.index];
        if (point !== undefined) moveTogether(picture, point.x, all);
      },
    },
  };
}

interface Point {
  readonly x: number;
  readonly y: number | null;
}

function pointsOf(drawing: Drawing): readonly (readonly Point[])[] {
  return drawing.data.datasets.map(({ data }) => data as unknown as readonly Point[]);
}

function moveTogether({ chart, canvas }: Picture, x: number, all: readonly Picture[]): void {
  const group = chart?.cursorGroup;
  if (group === undefined) return;
  for (const other of all) if (other.canvas !== canvas && other.chart?.cursorGroup === group) showAt(other, x);
}

/** Marks the nearest point of each line, and returns where and what they are. */
function showAt({ canvas, chart }: Picture, x: number): string | null {
  const drawing = Drawing.getChart(canvas);
  if (drawing === undefined || chart?.kind !== 'lines') return null;
  const nearest = pointsOf(drawing).flatMap((points, datasetIndex) => {
    const index = nearestIndex(points, x);
    return index === null ? [] : [{ datasetIndex, index }];
  });
  activate(drawing, nearest);
  const values = nearest.flatMap(({ datasetIndex, index }) => {
    const y = chart.lines[datasetIndex]?.points[index]?.y ?? null;
    return y === null ? [] : [`${chart.lines[datasetIndex]?.label} ${shortNumber(y)} ${chart.unit}`];
  });
  return `${tooltipTitle(chart.x, x)}: ${values.join('; ')}`;
}

function nearestIndex(points: readonly Point[], x: number): number | null {
  let nearest: number | null = null;
  for (const [index, point] of points.entries()) {
    if (nearest === null || Math.abs(point.x - x) < Math.abs((points[nearest]?.x ?? 0) - x)) nearest = index;
  }
  return nearest;
}

function activate(drawing: Drawing, elements: { datasetIndex: number; index: number }[]): void {
  drawing.setActiveElements(elements);
  drawing.tooltip?.setActiveElements(elements, { x: 0, y: 0 });
  drawing.update('none');
}

/** Arrow keys walk over the points or bars of a chart; Home, End and Escape as everywhere. */
export function listenForCursor(picture: Picture, all: readonly Picture[]): void {
  let place = -1;
  picture.canvas.addEventListener('keydown', (event) => {
    const { chart } = picture;
    if (chart === null) return;
    const count = placesOf(chart).length;
    const next = placeAfter(event.key, place, count);
    if (next === null) return;
    event.preventDefault();
    place = next;
    announce(picture.canvas, place < 0 ? '' : (showPlace(picture, place, all) ?? ''));
    if (place < 0) clearCursor(picture);
  });
  picture.canvas.addEventListener('blur', () => clearCursor(picture));
}

/** null: the key means nothing here; −1: no place. */
function placeAfter(key: string, place: number, count: number): number | null {
  if (key === 'Escape') return -1;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
  return step === undefined ? null : Math.max(0, Math.min(count - 1, place < 0 ? 0 : place + step));
}

/** Every x of a line chart, or the number of each bar or dot. */
function placesOf(chart: Chart): readonly number[] {
  if (chart.kind === 'bars') return [...chart.bars.keys()];
  if (chart.kind === 'dots') return [...chart.dots.keys()];
  if (chart.kind === 'strips') return [...chart.strips.keys()];
  return [...new Set(chart.lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
}

function showPlace(picture: Picture, place: number, all: readonly Picture[]): string | null {
  const { chart, canvas } = picture;
  if (chart === null) return null;
  if (chart.kind === 'lines') {
    const x = placesOf(chart)[place] ?? 0;
    moveTogether(picture, x, all);
    return showAt(picture, x);
  }
  const drawing = Drawing.getChart(canvas);
  if (chart.kind === 'strips') {
    const strip = chart.strips[place];
    if (drawing !== undefined) activate(drawing, [{ datasetIndex: place, index: 0 }]);
    return strip === undefined ? null : stripSummary(strip, chart.unit);
  }
  if (drawing !== undefined) activate(drawing, [{ datasetIndex: 0, index: place }]);
  const shown = chart.kind === 'bars' ? chart.bars[place] : chart.dots[place];
  return shown === undefined ? null : `${shown.label}: ${shown.text} ${chart.unit}`;
}

function clearCursor({ canvas }: Picture): void {
  const drawing = Drawing.getChart(canvas);
  if (drawing !== undefined) activate(drawing, []);
  announce(canvas, '');
}

function announce(canvas: HTMLCanvasElement, text: string): void {
  setText(canvas.closest('figure')?.querySelector('.cursor') ?? null, text);
}
