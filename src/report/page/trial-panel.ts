import type { Chart, Line } from '../charts/chart.ts';
import type { SeriesStyle } from '../charts/palette.ts';
import { element } from './figure-tools.ts';

/** The trials of the page by the id of their rows. */
export interface EmbeddedTrials {
  readonly noiseNames: readonly string[];
  readonly byId: Readonly<Record<string, EmbeddedTrial>>;
}

/** One trial as the page embeds it: what its row opens to. */
interface EmbeddedTrial {
  readonly title: string;
  readonly style: SeriesStyle;
  /** Name, how long in words, and in milliseconds where that is known. */
  readonly phases: readonly (readonly [string, string, number | null])[];
  /** What became of its requests. */
  readonly requests: string;
  /** In the order of the names. */
  readonly noise: readonly string[];
  readonly series: readonly {
    readonly title: string;
    readonly unit: string;
    readonly values: readonly (number | null)[];
  }[];
}

/** Each row of a table of trials opens to the trial's own time line. */
export function prepareTrials(
  { noiseNames, byId }: EmbeddedTrials,
  add: (canvas: HTMLCanvasElement, chart: Chart) => void,
): void {
  for (const row of document.querySelectorAll<HTMLTableRowElement>('tr[data-trial]')) {
    const trial = byId[row.dataset.trial ?? ''];
    const head = row.cells[0];
    if (trial === undefined || head === undefined) continue;
    const button = element('button', { type: 'button', class: 'open-trial', 'aria-expanded': 'false' });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => toggleTrial(row, button, { ...trial, noiseNames }, add));
  }
}

function toggleTrial(
  row: HTMLTableRowElement,
  button: HTMLElement,
  trial: EmbeddedTrial & Pick<EmbeddedTrials, 'noiseNames'>,
  add: (canvas: HTMLCanvasElement, chart: Chart) => void,
): void {
  const next = row.nextElementSibling;
  const isOpen = next?.classList.contains('trial') ?? false;
  button.setAttribute('aria-expanded', String(!isOpen));
  if (isOpen) {
    next?.remove();
    return;
  }
  const cell = element('td', { colspan: String(row.cells.length) });
  const panel = element('div', { class: 'trial-panel' });
  panel.append(element('h5', {}, trial.title));
  if (trial.phases.length > 0) panel.append(phaseLine(trial.phases), phaseBar(trial.phases));
  if (trial.requests !== '') panel.append(factLine('Requests', trial.requests));
  const noise = trial.noise.map((text, index) => `${trial.noiseNames[index]} ${text}`);
  if (noise.length > 0) panel.append(factLine('Noise', noise.join(' · ')));
  const grid = element('div', { class: 'grid three' });
  panel.append(grid);
  const log = row.querySelector('pre');
  if (log !== null) panel.append(log.cloneNode(true));
  cell.append(panel);
  const line = element('tr', { class: 'trial' });
  line.append(cell);
  row.after(line);
  for (const chart of trialCharts(row.dataset.trial ?? '', trial)) {
    const { figure, canvas } = chartFrame(chart);
    grid.append(figure);
    add(canvas, chart);
  }
}

function factLine(name: string, text: string): HTMLElement {
  const line = element('p', { class: 'trial-facts' });
  line.append(element('b', {}, `${name}: `), text);
  return line;
}

function phaseLine(phases: EmbeddedTrial['phases']): HTMLElement {
  return factLine('Phases', phases.map(([name, text]) => `${name} ${text}`).join(' · '));
}

const svgNamespace = 'http://www.w3.org/2000/svg';
/** A phase too short for its name has only its colour; the line above names all. */
const leastLabelledRatio = 0.08;

/** The phases as long as they took, from the start of the process to its end. */
function phaseBar(phases: EmbeddedTrial['phases']): SVGElement {
  const known = phases.flatMap(([name, , lengthMs]) =>
    lengthMs === null || lengthMs <= 0 ? [] : [{ name, lengthMs }],
  );
  const totalMs = known.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const bar = svg('svg', { class: 'phases', role: 'img', 'aria-label': 'The phases as long as they took' });
  let fromMs = 0;
  for (const { name, lengthMs } of known) {
    const at = (ms: number) => `${((100 * ms) / totalMs).toFixed(2)}%`;
    bar.append(svg('rect', { class: `phase ${name}`, x: at(fromMs), width: at(lengthMs), height: '14' }));
    if (lengthMs / totalMs >= leastLabelledRatio)
      bar.append(svg('text', { x: at(fromMs + lengthMs / 2), y: '28', 'text-anchor': 'middle' }, name));
    fromMs += lengthMs;
  }
  return bar;
}

function svg(tag: string, attributes: Readonly<Record<string, string>>, text = ''): SVGElement {
  const made = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

function chartFrame(chart: Chart): { figure: HTMLElement; canvas: HTMLCanvasElement } {
  const figure = element('figure', { class: 'chart lines small' });
  const caption = element('figcaption', {});
  caption.append(element('strong', { class: 'chart-title' }, `${chart.title}, ${chart.unit}`));
  const frame = element('div', { class: 'canvas' });
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', chart.altText);
  canvas.tabIndex = 0;
  frame.append(canvas);
  figure.append(caption, frame, element('p', { class: 'cursor', 'aria-live': 'polite' }));
  return { figure, canvas };
}

/** Cost, memory and latency over the window, with one cursor. */
function trialCharts(id: string, { title, style, series }: EmbeddedTrial): Chart[] {
  const known = series.filter(({ values }) => values.some((value) => value !== null));
  return known.map(({ title: name, unit, values }, index) => {
    const line: Line = {
      label: title,
      style,
      recordedOn: null,
      points: values.map((value, second) => ({ x: second + 0.5, y: value, whisker: null })),
    };
    return {
      kind: 'lines',
      id: `${id}-${index}`,
      cursorGroup: id,
      title: name,
      howToRead: '',
      altText: `${name} of ${title}, second by second`,
      unit,
      x: { title: 'seconds into the window', scale: 'linear', ticks: null, min: 0, max: null },
      y: { title: unit, scale: 'linear', ticks: null, min: 0, max: null },
      lines: [line],
      markPoints: false,
    };
  });
}
