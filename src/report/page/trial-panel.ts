import type { Chart, Line } from '../charts/chart.ts';
import type { SeriesStyle } from '../charts/palette.ts';
import { element } from './figure-tools.ts';

/** One trial as the page embeds it: what its row opens to. */
export interface EmbeddedTrial {
  readonly title: string;
  readonly style: SeriesStyle;
  readonly facts: readonly {
    readonly name: string;
    readonly figures: readonly { readonly name: string; readonly text: string }[];
  }[];
  readonly series: readonly {
    readonly title: string;
    readonly unit: string;
    readonly values: readonly (number | null)[];
  }[];
}

/** Each row of a table of trials opens to the trial's own time line. */
export function prepareTrials(
  trials: Readonly<Record<string, EmbeddedTrial>>,
  add: (canvas: HTMLCanvasElement, chart: Chart) => void,
): void {
  for (const row of document.querySelectorAll<HTMLTableRowElement>('tr[data-trial]')) {
    const trial = trials[row.dataset.trial ?? ''];
    const head = row.cells[0];
    if (trial === undefined || head === undefined) continue;
    const button = element('button', { type: 'button', class: 'open-trial', 'aria-expanded': 'false' });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => toggleTrial(row, button, trial, add));
  }
}

function toggleTrial(
  row: HTMLTableRowElement,
  button: HTMLElement,
  trial: EmbeddedTrial,
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
  panel.append(
    element('h5', {}, trial.title),
    ...trial.facts.filter(({ figures }) => figures.length > 0).map(factLine),
  );
  const grid = element('div', { class: 'grid three' });
  panel.append(grid);
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

function factLine({ name, figures }: EmbeddedTrial['facts'][number]): HTMLElement {
  const line = element('p', { class: 'trial-facts' });
  line.append(element('b', {}, `${name}: `), figures.map((figure) => `${figure.name} ${figure.text}`).join(' · '));
  return line;
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
