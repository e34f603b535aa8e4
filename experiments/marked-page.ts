import { readFileSync, writeFileSync } from 'node:fs';

/** Sections of a page that a command writes: what stands between `<!-- ID -->` and `<!-- /ID -->`. Each throws where the page has none. */

export function sectionText(whole: string, id: string): string {
  const { from, to } = placeOf(whole, id);
  return whole.slice(from, to).trim();
}

/** The page with the text in the place of the section's. */
export function withSection(whole: string, id: string, text: string): string {
  const { from, to } = placeOf(whole, id);
  return `${whole.slice(0, from)}\n\n${text.trim()}\n\n${whole.slice(to)}`;
}

export function writeSection(path: string, id: string, text: string): void {
  writeFileSync(path, withSection(readFileSync(path, 'utf8'), id, text));
}

/** Before something long is measured for a page that cannot take it. */
export function assertSection(path: string, id: string): void {
  placeOf(readFileSync(path, 'utf8'), id);
}

/** The first column is text, the others are figures. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function placeOf(whole: string, id: string): { readonly from: number; readonly to: number } {
  const [begin, end] = [`<!-- ${id} -->`, `<!-- /${id} -->`];
  const [from, to] = [whole.indexOf(begin) + begin.length, whole.indexOf(end)];
  if (!whole.includes(begin) || to < from) throw new Error(`the page has no section ${begin} … ${end}`);
  return { from, to };
}
