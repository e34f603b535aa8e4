import { plainBar } from './controls.ts';
import { h, type Markup, plainTable } from './markup.ts';
import { type PageAssets, pageHtml } from './page.ts';

/** The page of a run that goes on; its script fills it (page/live.ts). It alone may connect, and only to where it came from. */
export function liveHtml(title: string, assets: PageAssets): string {
  const main = h(
    'main',
    { id: 'main' },
    h(
      'header',
      { id: 'answers' },
      h('h1', { 'data-live': 'title' }, title),
      h(
        'p',
        { class: 'context' },
        h('span', { 'data-live': 'progress' }, ''),
        ' · ',
        h('span', { 'data-live': 'step', role: 'status' }, ''),
      ),
      h('p', { class: 'aside' }, 'Trials that are measured while this page is open say so in the result.'),
      h('noscript', {}, h('p', {}, 'This page needs JavaScript. The terminal shows the same.')),
      h('progress', { id: 'progress', value: 0, max: 1, 'aria-label': 'Trials done' }),
    ),
    nowSection(),
    h(
      'section',
      { class: 'about', id: 'trials' },
      h('h2', {}, 'Trials so far'),
      plainTable(
        'Newest first. What counts and what can be told apart, the report says.',
        [
          'Implementation',
          'question',
          'trial',
          'status',
          'CPU per request, ms',
          'p50, ms',
          'private memory, MiB',
          'note',
        ],
        [],
      ),
      h('p', { class: 'aside' }, h('a', { href: '/report' }, 'The report of the trials so far')),
    ),
  );
  return pageHtml({ title, data: null, content: [plainBar(), main], connects: true }, assets);
}

function nowSection(): Markup {
  const figure = (name: string, label: string) => h('div', {}, h('dt', {}, label), h('dd', { 'data-live': name }, '–'));
  return h(
    'section',
    { class: 'question', id: 'now' },
    h('h2', { 'data-live': 'what' }, 'No trial yet'),
    h(
      'dl',
      { class: 'facts live' },
      figure('phase', 'Phase'),
      figure('elapsed', 'Measured'),
      figure('rate', 'Sent, requests/s'),
      figure('cpu', 'CPU per request so far, ms'),
      figure('p50', 'p50 so far, ms'),
    ),
    h('p', { class: 'context' }, 'p50 of each second, from zero:'),
    h(
      'svg',
      {
        class: 'live-line',
        viewBox: '0 0 600 60',
        preserveAspectRatio: 'none',
        role: 'img',
        'aria-label': 'p50 of each second, from zero',
      },
      h('polyline', { id: 'seconds', points: '' }),
    ),
  );
}
