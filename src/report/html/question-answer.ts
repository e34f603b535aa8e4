import { presentable } from '../../model/foreign-text.ts';
import { plainBar } from './controls.ts';
import { collapsible, h, type Markup, plainTable } from './markup.ts';
import { type PageAssets, pageHtml } from './page.ts';

/** What a single question found of one implementation: the same for a terminal and for a page. */
export interface AnswerBlock {
  readonly title: string;
  /** The head first; null: it is told in lines alone. */
  readonly table: readonly (readonly string[])[] | null;
  readonly lines: readonly string[];
  /** All that it was made of, folded in the page; null: there is no more. */
  readonly details: { readonly summary: string; readonly table: readonly (readonly string[])[] } | null;
}

export interface AnswerPage {
  readonly title: string;
  /** Machine and command. */
  readonly context: string;
  readonly blocks: readonly AnswerBlock[];
}

/** The answer to one question as one offline page. */
export function answerHtml(given: AnswerPage, assets: PageAssets): string {
  const { title, context, blocks } = presentable(given);
  const header = h('header', {}, h('h1', {}, title), h('p', { class: 'context' }, context));
  const main = h('main', { id: 'main' }, header, ...blocks.map(blockSection));
  return pageHtml({ title, data: null, content: [plainBar(), main] }, assets);
}

function blockSection({ title, table, lines, details }: AnswerBlock): Markup {
  return h(
    'section',
    {},
    h('h2', {}, title),
    table === null ? null : tableOf(title, table),
    lines.length === 0 ? null : h('ul', {}, ...lines.map((line) => h('li', {}, line))),
    details === null ? null : collapsible(details.summary, tableOf(`${title}: ${details.summary}`, details.table)),
  );
}

function tableOf(caption: string, [head = [], ...rows]: readonly (readonly string[])[]): Markup {
  return plainTable(caption, head, rows);
}
