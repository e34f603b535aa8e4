import { scriptJson } from '../../model/foreign-text.ts';
import { markerShapes } from './charts.ts';
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
  /** What the page's script reads; null: nothing. */
  readonly data: unknown;
  readonly content: readonly Child[];
  /** Whether its script may ask the server that it came from: never of a page in a file. */
  readonly connects?: boolean;
}

/** One HTML document that needs no network and reads without JavaScript. */
export function pageHtml(page: Page, assets: PageAssets): string {
  const document = h('html', { lang: 'en' }, head(page, assets), body(page, assets));
  return `<!doctype html>\n${document.html}\n`;
}

/** What the page may do, as a Content-Security-Policy. */
export function pagePolicy(assets: PageAssets, connects: boolean): string {
  return [
    "default-src 'none'",
    `script-src '${assets.scriptHash}'`,
    `style-src '${assets.styleHash}'`,
    'img-src data:',
    ...(connects ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function head({ title, connects = false }: Page, assets: PageAssets): Markup {
  return h(
    'head',
    {},
    h('meta', { charset: 'utf-8' }),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: pagePolicy(assets, connects) }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('meta', { name: 'referrer', content: 'no-referrer' }),
    h('title', {}, `${title} · paceline`),
    h('link', { rel: 'icon', href: 'data:,' }),
    { html: `<style>${assets.style}</style>` },
  );
}

function body({ data, content }: Page, assets: PageAssets): Markup {
  return h(
    'body',
    {},
    h('a', { href: '#main', class: 'skip' }, 'Skip to the answers'),
    markerShapes(),
    ...content,
    { html: `<script type="application/json" id="page-data">${scriptJson(rounded(data))}</script>` },
    { html: `<script>${assets.script}</script>` },
  );
}

/** Four digits are more than any chart shows, and a third of the bytes. */
export function rounded(data: unknown): unknown {
  const round = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  return JSON.parse(JSON.stringify(data, round));
}
