import type { LiveRow, LiveState, LiveTrial } from '../build/live-state.ts';
import { listenToThemeSwitch } from './theme.ts';

/** The page of a run that goes on: the whole state when it connects, then what has changed. */
function startLivePage(): void {
  document.documentElement.classList.add('js');
  listenToThemeSwitch(() => {});
  const source = new EventSource('/events');
  const on = <T>(name: string, show: (data: T) => void) =>
    source.addEventListener(name, ({ data }) => show(JSON.parse(data) as T));
  on<LiveState>('state', showState);
  on<LiveTrial | null>('now', showNow);
  on<Pick<LiveState, 'doneCount' | 'plannedCount'> & { readonly row: LiveRow }>('trial', (ended) => {
    showProgress(ended);
    addRow(ended.row);
  });
  on<string>('step', (step) => write('step', step));
  on<string>('end', (end) => {
    source.close();
    showEnd(end);
  });
  // The browser connects again by itself: to a run that has ended there is nothing to connect to.
  source.addEventListener('error', () => write('step', 'no connection: the run has ended, or its process is busy'));
}

function showState(state: LiveState): void {
  write('title', state.title);
  write('step', state.step);
  document.querySelector('#trials tbody')?.replaceChildren();
  for (const row of state.trials) addRow(row);
  showProgress(state);
  showNow(state.now);
  if (state.end !== null) showEnd(state.end);
}

function showProgress({ doneCount, plannedCount }: Pick<LiveState, 'doneCount' | 'plannedCount'>): void {
  write('progress', `${doneCount} of ${plannedCount} trials`);
  const bar = document.querySelector<HTMLProgressElement>('#progress');
  if (bar !== null) bar.value = plannedCount === 0 ? 0 : doneCount / plannedCount;
}

function showNow(now: LiveTrial | null): void {
  if (now === null) return;
  write('what', now.what);
  write('phase', now.phase);
  for (const name of ['elapsed', 'rate', 'cpu', 'p50'] as const) write(name, now.figures?.[name] ?? '–');
  drawSeconds(now.secondsMs);
}

function showEnd(text: string): void {
  write('step', text);
  write('what', 'The run has ended');
  const section = document.querySelector<HTMLElement>('#now');
  if (section !== null) section.hidden = true;
  const link = document.querySelector('#trials a');
  link?.parentElement?.replaceChildren('The terminal names the result file and the report.');
}

const width = 600;
const height = 60;

/** From zero to the greatest so far. */
function drawSeconds(values: readonly number[]): void {
  const max = Math.max(...values, 0);
  const step = width / Math.max(1, values.length - 1);
  const points = values.map(
    (value, index) => `${index * step},${height - (max === 0 ? 0 : (value / max) * (height - 2))}`,
  );
  document.querySelector('#seconds')?.setAttribute('points', points.join(' '));
}

/** Everything in it is text: names come from manifests, reasons from targets. */
function addRow(row: LiveRow): void {
  const line = document.createElement('tr');
  const texts = [
    row.implementation,
    row.question,
    row.attempt,
    row.status,
    row.cpuMs,
    row.p50Ms,
    row.memoryMib,
    row.note,
  ];
  for (const [index, text] of texts.entries()) {
    const cell = document.createElement(index === 0 ? 'th' : 'td');
    if (index === 0) cell.setAttribute('scope', 'row');
    cell.textContent = text;
    line.append(cell);
  }
  document.querySelector('#trials tbody')?.prepend(line);
}

function write(name: string, text: string): void {
  const element = document.querySelector(`[data-live="${name}"]`);
  if (element !== null && element.textContent !== text) element.textContent = text;
}

startLivePage();
