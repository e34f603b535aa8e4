/** Columns of every text but the tables of `explain`. */
export const lineWidth = 100;

export type TextStyle = (text: string) => string;

export interface TerminalStyles {
  readonly bold: TextStyle;
  readonly dim: TextStyle;
  readonly warn: TextStyle;
}

/** Terminal colours, or none. */
export function terminalStyles(color: boolean): TerminalStyles {
  const paint = (code: number): TextStyle => (color ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text);
  return { bold: paint(1), dim: paint(2), warn: paint(33) };
}

/** Breaks a text at its blanks so that no line is longer than `width`; further lines begin with `indent`. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line.trim() !== '') {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line].join('\n');
}

/** The beginning of a text that is too long for its place, with a mark. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
}

/** Lines of a paragraph; what follows the first is indented. */
export function paragraph(text: string): string {
  return wrap(text, lineWidth, '    ');
}

export interface ColumnLayout {
  readonly aligns: readonly ('left' | 'right')[];
  /** Blanks before every column, or after it. */
  readonly gap: 'before' | 'after';
  /** Absent: as wide as the widest text. */
  readonly widths?: readonly number[];
}

/** The last text of a row may be one that takes the place of all further columns. */
export type TableText = string | { readonly rest: string };

export const columnGap = 2;

/** Rows under each other without lines: columns are told apart by their alignment alone. A text may have several lines. */
export function alignedLines(rows: readonly (readonly TableText[])[], layout: ColumnLayout): string[] {
  const widths =
    layout.widths ?? layout.aligns.map((_, column) => Math.max(0, ...rows.map((row) => textWidth(row[column]))));
  return rows.flatMap((row) => rowLines(row, widths, layout));
}

function textWidth(text: TableText | undefined): number {
  return typeof text === 'string' ? Math.max(...text.split('\n').map(visibleWidth)) : 0;
}

/** Colours take no room. */
function visibleWidth(line: string): number {
  return line.replaceAll(colours, '').length;
}

const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');

function rowLines(row: readonly TableText[], widths: readonly number[], { aligns, gap }: ColumnLayout): string[] {
  const texts = row.map((text) => (typeof text === 'string' ? text : text.rest).split('\n'));
  const height = Math.max(...texts.map((lines) => lines.length));
  const blank = ' '.repeat(columnGap);
  return Array.from({ length: height }, (_, index) => {
    const cells = texts.map((lines, column) =>
      padded(lines[index] ?? '', widths[column] ?? 0, aligns[column] ?? 'left'),
    );
    return `${gap === 'before' ? blank : ''}${cells.join(blank)}`.trimEnd();
  });
}

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const room = ' '.repeat(Math.max(0, width - visibleWidth(text)));
  return align === 'left' ? `${text}${room}` : `${room}${text}`;
}
