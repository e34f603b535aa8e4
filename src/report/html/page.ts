import { scriptJson } from '../../model/foreign-text.ts';
import type { Chart } from '../charts/chart.ts';
import { type Child, h, type Markup } from './markup.ts';

/** What the page needs beside its own text: see bundle.ts. The hashes let exactly these two run, and nothing else. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** "sha256-…" as a Content-Security-Policy names it. */
  readonly scriptHash: string;
  readonly styleHash: string;
}

export interface Page {
  readonly title: string;
  /** What the canvases of the page draw. */
  readonly charts: readonly Chart[];
  readonly content: readonly Child[];
}

/** One HTML document that needs no network and reads without JavaScript. */
export function pageHtml(page: Page, assets: PageAssets): string {
  const document = h('html', { lang: 'en' }, head(page, assets), body(page, assets));
  return `<!doctype html>\n${document.html}\n`;
}

function head({ title }: Page, assets: PageAssets): Markup {
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
    h('title', {}, `${title} · paceline`),
    h('link', { rel: 'icon', href: 'data:,' }),
    { html: `<style>${assets.style}</style>` },
  );
}

function body({ charts, content }: Page, assets: PageAssets): Markup {
  return h(
    'body',
    {},
    ...content,
    { html: `<script type="application/json" id="charts">${scriptJson(charts)}</script>` },
    { html: `<script>${assets.script}</script>` },
  );
}

/** The first line of every page. */
export function pageBrand(): Markup {
  return h('p', { class: 'brand' }, h('b', {}, 'paceline'), ' same service, same pace, different effort');
}
