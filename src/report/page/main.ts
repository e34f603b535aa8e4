import { type PackedCharts, unpackCharts } from '../charts/packed.ts';
import { listenToControls, listenToLegends, showControls, showLegends, showRates } from './controls.ts';
import { listenToPrices, showCosts } from './costs.ts';
import { listenToTools, refreshTables } from './figure-tools.ts';
import { createPictures, listenForCursor } from './pictures.ts';
import { type EmbeddedRatios, showRatios } from './ratios.ts';
import { prepareTables, showImplementations, showLatency, sortTables } from './tables.ts';
import { listenToThemeSwitch } from './theme.ts';
import { type EmbeddedTrials, prepareTrials } from './trial-panel.ts';
import { hashOf, type View, viewOf } from './view.ts';

/** Everything that the page shows follows from one view, and every change of the view is in the address. */
function startPage(): void {
  document.documentElement.classList.add('js');
  let view = viewOf(location.hash);
  const viewNow = () => view;
  const { charts, ratios, trials } = embeddedData();
  const pictures = createPictures(unpackCharts(charts, altTextOf), view);
  const change = (changed: Partial<View>) => {
    view = { ...view, ...changed };
    history.replaceState(null, '', hashOf(view) || location.pathname + location.search);
    show();
  };
  const tables = prepareTables((table, sort) => {
    const others = [...view.sorts].filter(([id]) => id !== table);
    change({ sorts: new Map(sort === null ? others : [...others, [table, sort]]) });
  });
  prepareTrials(trials, pictures.add);
  for (const picture of pictures.all) listenForCursor(picture, pictures.all);
  listenToTools(pictures.all, viewNow);
  listenToControls(change, viewNow);
  listenToLegends(change, viewNow);
  listenToPrices(change, viewNow);
  listenToThemeSwitch(() => pictures.draw(view));
  listenToAnchors((anchor) => change({ anchor }));
  addEventListener('hashchange', () => {
    view = viewOf(location.hash);
    show();
    scrollTo(view.anchor);
  });
  addEventListener('beforeprint', pictures.drawEverything);
  show();
  scrollTo(view.anchor);

  function show(): void {
    showControls(view);
    showRates(view);
    showImplementations(tables, view);
    showLatency(view);
    showRatios(ratios, view);
    showCosts(view);
    showLegends(view);
    sortTables(tables, view.sorts);
    pictures.draw(view);
    refreshTables(pictures.all, view);
  }
}

interface PageData {
  readonly charts: PackedCharts;
  readonly ratios: EmbeddedRatios;
  readonly trials: EmbeddedTrials;
}

function embeddedData(): PageData {
  const data: PageData | null = JSON.parse(document.getElementById('page-data')?.textContent ?? 'null');
  return (
    data ?? {
      charts: { series: [], texts: [], grids: [], charts: [] },
      ratios: {},
      trials: { noiseNames: [], byId: {} },
    }
  );
}

function altTextOf(slot: string): string {
  return document.querySelector(`canvas[data-chart="${CSS.escape(slot)}"]`)?.getAttribute('aria-label') ?? '';
}

/** A link within the page keeps what the reader has chosen. */
function listenToAnchors(go: (anchor: string) => void): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const anchor = decodeURIComponent(link.hash.slice(1));
    go(anchor);
    scrollTo(anchor);
  });
}

/** What is folded away around it opens. */
function scrollTo(anchor: string | null): void {
  const target = anchor === null ? null : document.getElementById(anchor);
  if (target === null) return;
  for (let fold = target.closest('details'); fold !== null; fold = fold.parentElement?.closest('details') ?? null)
    fold.open = true;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

startPage();
