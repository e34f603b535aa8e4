import { countOf } from '../../compare/text.ts';
import { presentable } from '../../model/foreign-text.ts';
import { plainBar } from './controls.ts';
import { type Child, h, type Markup, plainTable } from './markup.ts';
import { type PageAssets, pageHtml } from './page.ts';

export interface SiteLink {
  /** Below the folder of the site. */
  readonly href: string;
  readonly text: string;
}

export interface SiteVerdict {
  readonly tone: 'good' | 'bad' | 'open';
  readonly text: string;
}

/** A run, or two commits that were measured in pairs. */
export interface SiteEntry {
  readonly startedAt: string;
  readonly what: string;
  readonly commit: string;
  readonly machine: string;
  readonly verdict: SiteVerdict;
  /** The first is its own page. */
  readonly links: readonly SiteLink[];
}

export interface SiteIndex {
  /** Newest first. */
  readonly entries: readonly SiteEntry[];
  readonly trends: SiteLink | null;
  readonly badges: readonly SiteLink[];
  /** Files that could not be read, each with its reason. */
  readonly problems: readonly string[];
}

/** All runs of a site with their verdicts, and where their pages are. */
export function siteIndexHtml(index: SiteIndex, assets: PageAssets): string {
  const { entries, trends, badges, problems } = presentable(index);
  const main = h(
    'main',
    { id: 'main' },
    h(
      'header',
      { id: 'answers' },
      h('h1', {}, 'Runs'),
      h('p', { class: 'context' }, contextText(entries)),
      trends === null ? null : h('p', { class: 'lede' }, link(trends)),
    ),
    runTable(entries),
    badgeSection(badges),
    problemSection(problems),
  );
  return pageHtml({ title: 'Runs', data: null, content: [plainBar(), main] }, assets);
}

function contextText(entries: readonly SiteEntry[]): string {
  const [newest] = entries;
  if (newest === undefined) return 'Nothing has been measured yet.';
  return `${countOf(entries.length, 'measurement')}, the newest of ${newest.startedAt.slice(0, 10)}`;
}

function link({ href, text }: SiteLink): Markup {
  return h('a', { href }, text);
}

function runTable(entries: readonly SiteEntry[]): Child {
  if (entries.length === 0) return null;
  const rows = entries.map(({ startedAt, what, commit, machine, verdict, links: [own, ...others] }): Child[] => [
    own === undefined ? what : h('a', { href: own.href }, own.text),
    startedAt.slice(0, 16).replace('T', ' '),
    h('span', { class: `verdict ${verdict.tone === 'bad' ? 'worse' : verdict.tone}` }, verdict.text),
    h('span', { class: 'why' }, commit),
    machine,
    others.map((other, position) => [position === 0 ? '' : ' ', link(other)]),
  ]);
  return plainTable('All runs, newest first', ['Run', 'started (UTC)', 'verdict', 'commit', 'machine', 'more'], rows);
}

function badgeSection(badges: readonly SiteLink[]): Child {
  if (badges.length === 0) return null;
  const items = badges.map((badge) => h('li', {}, link(badge)));
  return h(
    'section',
    { class: 'about', id: 'badges' },
    h('h2', {}, 'Badges'),
    h('p', {}, 'A picture for a README: use its address. Each shows the newest run of its kind.'),
    h('ul', { class: 'notes' }, ...items),
  );
}

function problemSection(problems: readonly string[]): Child {
  if (problems.length === 0) return null;
  return h(
    'section',
    { class: 'about', id: 'problems' },
    h('h2', {}, 'Not shown'),
    h('ul', { class: 'warnings' }, ...problems.map((problem) => h('li', {}, problem))),
  );
}
