import { initialView, toggled, type View } from './view.ts';

type Change = (change: Partial<View>) => void;

/** The panel of choices: what it shows is the view, and what is pressed in it changes the view. */
export function listenToControls(change: Change, viewNow: () => View): void {
  const panel = document.getElementById('explore');
  panel?.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) change(checkboxChange(target, viewNow()));
    if (target instanceof HTMLSelectElement) change(selectChange(target));
  });
  panel?.addEventListener('click', ({ target }) => {
    const action = (target as Element).closest<HTMLButtonElement>('button[data-action]')?.dataset.action;
    if (action === 'reset') change({ ...initialView, anchor: viewNow().anchor });
    if (action === 'copy-link') copyLink();
  });
}

function checkboxChange({ name, value }: HTMLInputElement, view: View): Partial<View> {
  return name === 'rate' ? { hiddenRates: toggled(view.hiddenRates, value) } : { hidden: toggled(view.hidden, value) };
}

function selectChange({ name, value }: Pick<HTMLSelectElement, 'name' | 'value'>): Partial<View> {
  if (name === 'percentile') return { percentile: Number(value) };
  if (name === 'latency') return { latency: value === 'service' ? 'service' : 'response' };
  if (name === 'scale') return { scale: value as View['scale'] };
  if (name === 'baseline') return { baseline: value === '' ? null : value };
  return { highlighted: value === '' ? null : value };
}

/** A page in a file may not write to the clipboard: then the address bar has the link. */
function copyLink(): void {
  const says = (text: string) => {
    const output = document.querySelector('#explore output');
    if (output !== null) output.textContent = text;
  };
  navigator.clipboard?.writeText(location.href).then(
    () => says('Copied.'),
    () => says('Copy the address of this page: it has all that you chose.'),
  );
}

export function showControls(view: View): void {
  for (const box of document.querySelectorAll<HTMLInputElement>('#explore input[type=checkbox]'))
    box.checked = !(box.name === 'rate' ? view.hiddenRates : view.hidden).has(box.value);
  const values: Readonly<Record<string, string>> = {
    percentile: String(view.percentile),
    latency: view.latency,
    scale: view.scale,
    baseline: view.baseline ?? '',
    highlight: view.highlighted ?? '',
  };
  for (const select of document.querySelectorAll<HTMLSelectElement>('#explore select')) {
    const value = values[select.name] ?? '';
    if (select.value !== value) select.value = value;
  }
  const count = view.hidden.size + view.hiddenRates.size;
  const note = document.getElementById('hidden-note');
  if (note !== null) note.textContent = count === 0 ? '' : `${count} hidden`;
}

export function showRates({ hiddenRates }: View): void {
  for (const section of document.querySelectorAll<HTMLElement>('section[data-rate]'))
    section.hidden = hiddenRates.has(section.dataset.rate ?? '');
}

/** Legends name every series, and a press on one makes it stand out everywhere. */
export function listenToLegends(change: Change, viewNow: () => View): void {
  for (const button of legendButtons())
    button.addEventListener('click', () => {
      const { series = null } = button.dataset;
      change({ highlighted: viewNow().highlighted === series ? null : series });
    });
}

function legendButtons(): HTMLButtonElement[] {
  return [...document.querySelectorAll<HTMLButtonElement>('.legend button')];
}

export function showLegends({ highlighted, hidden }: View): void {
  for (const button of legendButtons()) {
    const isHighlighted = button.dataset.series === highlighted;
    button.setAttribute('aria-pressed', String(isHighlighted));
    const item = button.closest('li');
    if (item !== null) item.hidden = hidden.has(button.dataset.series ?? '');
  }
  for (const legend of document.querySelectorAll('.legend'))
    legend.classList.toggle('single', legend.querySelector('[aria-pressed="true"]') !== null);
}
