import { compareKeys, sortKey } from './sort-key.ts';
import type { Sort, View } from './view.ts';

/** A table of the page with the order that its rows came in. */
interface PageTable {
  readonly id: string;
  readonly table: HTMLTableElement;
  readonly rows: readonly HTMLTableRowElement[];
}

/** Puts a button into the heads of all tables, by which `press` learns how a table shall be sorted; null: as it came. */
export function prepareTables(press: (table: string, sort: Sort | null) => void): readonly PageTable[] {
  const tables = [...document.querySelectorAll<HTMLTableElement>('main table')].map((table, index) => ({
    id: `t${index + 1}`,
    table,
    rows: [...(table.tBodies[0]?.rows ?? [])],
  }));
  for (const one of tables) {
    if (one.rows.length < 2) continue;
    for (const [column, head] of sortHeads(one.table).entries())
      addSortButton(head, () => press(one.id, nextSort(head, column)));
  }
  return tables;
}

/** The heads of single columns: the last row of heads. */
function sortHeads(table: HTMLTableElement): HTMLTableCellElement[] {
  return [...(table.tHead?.rows.item((table.tHead?.rows.length ?? 1) - 1)?.cells ?? [])];
}

function addSortButton(head: HTMLTableCellElement, press: () => void): void {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'sort';
  button.append(...head.childNodes);
  if (button.textContent === '') return;
  head.append(button);
  button.addEventListener('click', press);
}

/** Ascending, then descending, then as it came. */
function nextSort(head: HTMLTableCellElement, column: number): Sort | null {
  const now = head.getAttribute('aria-sort');
  if (now === 'descending') return null;
  return { column, isDescending: now === 'ascending' };
}

export function sortTables(tables: readonly PageTable[], sorts: View['sorts']): void {
  for (const { id, table, rows } of tables) {
    const sort = sorts.get(id) ?? null;
    for (const [column, head] of sortHeads(table).entries())
      markHead(head, sort !== null && sort.column === column ? sort : null);
    table.tBodies[0]?.append(...(sort === null ? rows : sortedRows(rows, sort)));
  }
}

function markHead(head: HTMLTableCellElement, sort: Sort | null): void {
  if (sort === null) head.removeAttribute('aria-sort');
  else head.setAttribute('aria-sort', sort.isDescending ? 'descending' : 'ascending');
}

/** Numbers by size, then texts by letter; what has no value in this column is last in both directions. */
function sortedRows(rows: readonly HTMLTableRowElement[], { column, isDescending }: Sort): HTMLTableRowElement[] {
  const keyed = rows.map((row) => ({ row, key: sortKey(cellText(row.cells[column])) }));
  const sign = isDescending ? -1 : 1;
  return keyed
    .sort((a, b) => Number(a.key === null) - Number(b.key === null) || sign * compareKeys(a.key, b.key))
    .map(({ row }) => row);
}

function cellText(cell: HTMLTableCellElement | undefined): string {
  return cell?.dataset.value ?? cell?.textContent ?? '';
}

/** Rows and columns of implementations that are not chosen are hidden, those of others fade where the highlighted one is. */
export function showImplementations(tables: readonly PageTable[], { hidden, highlighted }: View): void {
  for (const { table, rows } of tables) {
    const isHighlightedHere = rows.some(({ dataset }) => dataset.implementation === highlighted);
    for (const row of rows) {
      const { implementation } = row.dataset;
      if (implementation === undefined) continue;
      row.hidden = hidden.has(implementation);
      row.classList.toggle('faded', isHighlightedHere && highlighted !== implementation);
    }
    for (const head of table.querySelectorAll<HTMLTableCellElement>('thead th[data-implementation]')) {
      const isHidden = hidden.has(head.dataset.implementation ?? '');
      for (const row of table.rows) row.cells[head.cellIndex]?.toggleAttribute('hidden', isHidden);
    }
  }
}

/** Response or service time, where a cell knows both. */
export function showLatency({ latency }: View): void {
  for (const cell of document.querySelectorAll<HTMLElement>('[data-response]')) {
    const text = latency === 'service' ? cell.dataset.service : cell.dataset.response;
    if (text !== undefined && cell.textContent !== text) cell.textContent = text;
  }
  for (const label of document.querySelectorAll<HTMLElement>('[data-latency-name]'))
    label.textContent = latency === 'service' ? 'Service' : 'Response';
}
