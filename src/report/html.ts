import { countOf } from './format.ts';
import { aboutSections } from './html-about.ts';
import { cellSection } from './html-cell.ts';
import { groupSection } from './html-group.ts';
import { overviewTable } from './html-overview.ts';
import { type Child, h, type Markup, scriptJson } from './markup.ts';
import type { Chart, ReportModel } from './model.ts';
import { sentence } from './warnings.ts';

/** What the page needs beside its own text: see bundle.ts. The hashes let exactly these two run, and nothing else. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** "sha256-…" as a Content-Security-Policy names it. */
  readonly scriptHash: string;
  readonly styleHash: string;
}

/** The report as one HTML document that needs no network and reads without JavaScript. */
export function reportHtml(model: ReportModel, assets: PageAssets): string {
  const document = h('html', { lang: 'en' }, head(model, assets), body(model, assets));
  return `<!doctype html>\n${document.html}\n`;
}

function head(model: ReportModel, assets: PageAssets): Markup {
  const policy = [
    "default-src 'none'",
    `script-src '${assets.scriptHash}'`,
    `style-src '${assets.styleHash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return h(
    'head',
    {},
    h('meta', { charset: 'utf-8' }),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('title', {}, `${model.title} · paceline`),
    h('link', { rel: 'icon', href: 'data:,' }),
    { html: `<style>${assets.style}</style>` },
  );
}

function body(model: ReportModel, assets: PageAssets): Markup {
  const charts: Chart[] = model.groups.flatMap((group) => [
    ...group.charts,
    ...group.cells.flatMap((cell) => cell.charts),
  ]);
  return h(
    'body',
    {},
    pageHeader(model),
    h('main', {}, h('noscript', {}, noScript()), ...mainSections(model), ...aboutSections(model)),
    { html: `<script type="application/json" id="charts">${scriptJson(charts)}</script>` },
    { html: `<script>${assets.script}</script>` },
  );
}

function several({ groups }: ReportModel): boolean {
  return groups.flatMap((group) => group.cells).length > 1;
}

/** A single question needs no level of headings for its group. */
function mainSections(model: ReportModel): Child[] {
  const cells = model.groups.flatMap((group) => group.cells);
  if (!several(model)) return cells.map((cell) => cellSection(cell, { heading: null, folded: false }));
  return [overviewTable(cells), ...model.groups.map(groupSection)];
}

function noScript(): Child {
  return h('p', { class: 'aside' }, 'The charts need JavaScript; every figure they show is in the tables.');
}

function pageHeader(model: ReportModel): Markup {
  return h(
    'header',
    {},
    h('p', { class: 'brand' }, h('b', {}, 'paceline'), ' same service, same pace, different effort'),
    h('h1', {}, model.title),
    h('p', { class: 'lede' }, `${sentence(question(model))} ${lede}`),
    h('p', { class: 'context' }, contextSentence(model)),
  );
}

/** What was asked, in the words of its declaration. */
function question(model: ReportModel): string {
  const { scenario, workloads } = model.run;
  const [only] = workloads;
  return several(model) || only === undefined ? scenario.description : only.description;
}

const lede =
  'Every implementation answers the same requests, due at the same fixed moments. What differs is what each spends to keep up.';

function contextSentence({ run }: ReportModel): string {
  const { machine, scenario } = run;
  const trialCount = Math.max(0, ...scenario.cells.map((cell) => cell.trialCount));
  const services = new Set(run.implementations.map(({ manifest }) => manifest.service)).size;
  const parts = [
    `${countOf(run.implementations.length, 'implementation')} of ${services === 1 ? 'one service' : `${services} services`}, ${countOf(trialCount, 'trial')} each, in turn`,
    `${machine.cpuModel}, ${countOf(machine.coreCount, 'core')}`,
    run.startedAt.slice(0, 10),
    ...(run.commit === null ? [] : [`commit ${run.commit.sha.slice(0, 7)}${run.commit.dirty ? ' with changes' : ''}`]),
  ];
  return parts.join(' · ');
}
