import { countOf } from './format.ts';
import { aboutSections } from './html-about.ts';
import { cellSection } from './html-cell.ts';
import { claimsSection } from './html-claims.ts';
import { groupSection } from './html-group.ts';
import { overviewTable } from './html-overview.ts';
import { brand, type PageAssets, pageHtml } from './html-page.ts';
import { primitivesPart } from './html-primitives.ts';
import { type Child, h, type Markup } from './markup.ts';
import type { Chart, ReportModel } from './model.ts';
import { sentence } from './warnings.ts';

export type { PageAssets };

/** The report as one HTML document that needs no network and reads without JavaScript. */
export function reportHtml(model: ReportModel, assets: PageAssets): string {
  const charts: Chart[] = model.groups.flatMap((group) => [
    ...group.charts,
    ...group.cells.flatMap((cell) => cell.charts),
  ]);
  charts.push(...model.primitives.flatMap((section) => section.charts));
  const main = h(
    'main',
    {},
    h('noscript', {}, noScript()),
    claimsSection(model),
    ...mainSections(model),
    primitivesPart(model.primitives),
    ...aboutSections(model),
  );
  return pageHtml({ title: model.title, charts, content: [pageHeader(model), main] }, assets);
}

function several({ groups }: ReportModel): boolean {
  return groups.flatMap((group) => group.cells).length > 1;
}

/** A single question needs no level of headings for its group. */
function mainSections(model: ReportModel): Child[] {
  const cells = model.groups.flatMap((group) => group.cells);
  if (cells.length === 0) return [];
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
    brand(),
    h('h1', {}, model.title),
    h('p', { class: 'lede' }, `${sentence(question(model))} ${ledeOf(model)}`),
    h('p', { class: 'context' }, contextSentence(model)),
  );
}

/** What was asked, in the words of its declaration. */
function question(model: ReportModel): string {
  const { scenario, workloads } = model.run;
  const [only] = workloads;
  return several(model) || only === undefined ? scenario.description : only.description;
}

function ledeOf({ groups }: ReportModel): string {
  const cells = groups.flatMap((group) => group.cells);
  if (cells.length === 0) return primitivesLede;
  return cells.some(({ ratePerSec }) => ratePerSec > 0) ? lede : quietLede;
}

const lede =
  'Every implementation answers the same requests, due at the same fixed moments. What differs is what each spends to keep up.';

const quietLede = 'Every implementation is asked the same under the same conditions; no requests are sent.';

const primitivesLede = 'The same operation in each language, checked each time, by the tool its own people use.';

function contextSentence({ run, groups }: ReportModel): string {
  const { machine, scenario } = run;
  const trialCounts = scenario.cells.map((cell) => cell.trialCount);
  const atMost = new Set(trialCounts).size > 1 ? 'up to ' : '';
  const services = new Set(run.implementations.map(({ manifest }) => manifest.service)).size;
  const parts = [
    groups.length === 0
      ? primitivesContext(run)
      : `${countOf(run.implementations.length, 'implementation')} of ${services === 1 ? 'one service' : `${services} services`}, ${atMost}${countOf(Math.max(0, ...trialCounts), 'trial')} each, in turn`,
    `${machine.cpuModel}, ${countOf(machine.coreCount, 'core')}`,
    run.startedAt.slice(0, 10),
    ...(run.commit === null ? [] : [`commit ${run.commit.sha.slice(0, 7)}${run.commit.dirty ? ' with changes' : ''}`]),
  ];
  return parts.join(' · ');
}

function primitivesContext({ scenario, primitiveCount }: ReportModel['run']): string {
  const processes = scenario.primitives?.repetitionCount ?? 1;
  return `${countOf(primitiveCount, 'measurement')}, ${processes === 1 ? 'one fresh process' : `${processes} fresh processes`} a case, in turn`;
}
