import Table from 'cli-table3';

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

export type TableText = string | { readonly content: string; readonly colSpan: number; readonly hAlign: 'left' };

/** Rows under each other without lines: columns are told apart by their alignment alone. A text may have several lines. */
export function alignedLines(rows: readonly (readonly TableText[])[], { aligns, gap, widths }: ColumnLayout): string[] {
  const table = new Table({
    chars: borderless,
    style: {
      head: [],
      border: [],
      compact: true,
      'padding-left': gap === 'before' ? columnGap : 0,
      'padding-right': gap === 'after' ? columnGap : 0,
    },
    colAligns: [...aligns],
    ...(widths === undefined ? {} : { colWidths: widths.map((width) => width + columnGap) }),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

export const columnGap = 2;

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
