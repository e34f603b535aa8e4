import { Chart as Drawing } from 'chart.js';
import { chartCsv, chartData } from './chart-data.ts';
import type { Picture } from './pictures.ts';
import { shownChart } from './shown-chart.ts';
import type { View } from './view.ts';

/** The buttons below each chart: its figures as a table, as a file for spreadsheets, and the picture. */
export function listenToTools(pictures: readonly Picture[], viewNow: () => View): void {
  for (const picture of pictures) {
    const figure = picture.canvas.closest('figure');
    figure?.addEventListener('click', (event) => {
      const button = (event.target as Element).closest<HTMLButtonElement>('button[data-tool]');
      const tool = button?.dataset.tool;
      if (tool === 'table' && button) toggleTable(picture, button, viewNow());
      if (tool === 'csv') downloadCsv(picture, viewNow());
      if (tool === 'png') downloadPng(picture);
    });
  }
}

/** After a change of what is shown, open tables show the same as their charts. */
export function refreshTables(pictures: readonly Picture[], view: View): void {
  for (const picture of pictures) {
    const open = picture.canvas.closest('figure')?.querySelector('.chart-data');
    if (open) open.replaceWith(dataTable(picture, view));
  }
}

function toggleTable(picture: Picture, button: HTMLButtonElement, view: View): void {
  const figure = picture.canvas.closest('figure');
  const open = figure?.querySelector('.chart-data') ?? null;
  if (open === null) figure?.append(dataTable(picture, view));
  else open.remove();
  button.setAttribute('aria-expanded', String(open === null));
}

/** Everything in it is text: names come from result files. */
function dataTable({ alternatives }: Picture, view: View): HTMLElement {
  const chart = shownChart(alternatives, view);
  const { heads, rows } = chart === null ? { heads: [], rows: [] } : chartData(chart);
  const table = element('table', { class: 'plain' });
  table.append(element('caption', {}, chart?.title ?? ''));
  const head = element('tr', {});
  head.append(...heads.map((text) => element('th', { scope: 'col' }, text)));
  const body = element('tbody', {});
  for (const row of rows) {
    const line = element('tr', {});
    line.append(
      ...row.map((value, index) =>
        element(index === 0 ? 'th' : 'td', index === 0 ? { scope: 'row' } : {}, value === null ? '–' : String(value)),
      ),
    );
    body.append(line);
  }
  const top = element('thead', {});
  top.append(head);
  table.append(top, body);
  const frame = element('div', {
    class: 'scroll chart-data',
    role: 'region',
    tabindex: '0',
    'aria-label': chart?.title ?? 'table',
  });
  frame.append(table);
  return frame;
}

export function element(tag: string, attributes: Readonly<Record<string, string>>, text = ''): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== '') made.textContent = text;
  return made;
}

function downloadCsv({ alternatives }: Picture, view: View): void {
  const chart = shownChart(alternatives, view);
  if (chart !== null) download(`${chart.id}.csv`, new Blob([chartCsv(chart)], { type: 'text/csv' }));
}

const margin = 16;
const titleHeight = 34;

/** With its title and on the colour of the page, for a picture is sent without what stands around it. */
function downloadPng({ canvas, chart }: Picture): void {
  if (chart === null) return;
  const scale = canvas.width / canvas.clientWidth;
  const sheet = document.createElement('canvas');
  sheet.width = canvas.width + 2 * margin * scale;
  sheet.height = canvas.height + (2 * margin + titleHeight) * scale;
  const ctx = sheet.getContext('2d');
  if (ctx === null) return;
  const page = getComputedStyle(document.body);
  ctx.fillStyle = page.backgroundColor;
  ctx.fillRect(0, 0, sheet.width, sheet.height);
  ctx.fillStyle = page.color;
  ctx.font = `600 ${15 * scale}px ${Drawing.defaults.font.family}`;
  ctx.textBaseline = 'top';
  ctx.fillText(`${chart.title}, ${chart.unit} · ${document.title}`, margin * scale, margin * scale, canvas.width);
  ctx.drawImage(canvas, margin * scale, (margin + titleHeight) * scale);
  sheet.toBlob((blob) => {
    if (blob !== null) download(`${chart.id}.png`, blob);
  });
}

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
