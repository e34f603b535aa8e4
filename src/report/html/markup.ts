import { htmlText } from '../../model/foreign-text.ts';

/** A piece of HTML in which everything that came from data is escaped. Made by `h` alone. */
export interface Markup {
  readonly html: string;
}

export type Child = Markup | string | null | readonly Child[];

type Attributes = Readonly<Record<string, string | number | null>>;

const voidTags: ReadonlySet<string> = new Set(['meta', 'link', 'br', 'col', 'line', 'rect', 'path', 'input', 'use']);

/** An element; strings among its children are text, an attribute that is null is left out. */
export function h(tag: string, attributes: Attributes, ...children: Child[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${htmlText(String(value))}"`);
  const open = `<${tag}${written.join('')}>`;
  return { html: voidTags.has(tag) ? open.replace(/>$/, '/>') : `${open}${render(children)}</${tag}>` };
}

function render(child: Child): string {
  if (child === null) return '';
  if (typeof child === 'string') return htmlText(child);
  return 'html' in child ? child.html : child.map(render).join('');
}

export function collapsible(summary: string, content: Child): Markup {
  return h('details', {}, h('summary', {}, summary), content);
}

/** A row of a table, and what the page's script must know of it. */
export interface TableRow {
  readonly cells: readonly Child[];
  readonly attributes: Attributes;
}

/** A plain table in a frame that scrolls by itself where the screen is too narrow. */
export function plainTable(
  caption: string,
  heads: readonly (string | TableHead)[],
  rows: readonly (readonly Child[] | TableRow)[],
): Markup {
  const table = h(
    'table',
    { class: 'plain' },
    h('caption', {}, h('span', { class: 'caption' }, caption)),
    h('thead', {}, h('tr', {}, ...heads.map(tableHead))),
    h('tbody', {}, ...rows.map((row) => ('cells' in row ? plainRow(row) : plainRow({ cells: row, attributes: {} })))),
  );
  return h('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': caption }, table);
}

/** A column of one implementation. */
export interface TableHead {
  readonly implementation: string;
}

function tableHead(head: string | TableHead): Markup {
  if (typeof head === 'string') return h('th', { scope: 'col' }, head);
  return h('th', { scope: 'col', 'data-implementation': head.implementation }, head.implementation);
}

function plainRow({ cells: [first, ...others], attributes }: TableRow): Markup {
  return h(
    'tr',
    attributes,
    h('th', { scope: 'row' }, first ?? null),
    ...others.map((content) => h('td', {}, content)),
  );
}
