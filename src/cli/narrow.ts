/** Texts are laid out for terminals of 100 columns; this makes them readable on fewer. */

const colours = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

function bare(line: string): string {
  return line.replaceAll(colours, '');
}

/** The same text with no line longer than `width`: sentences wrapped at blanks, tables as panels beneath each other. */
export function narrowed(text: string, width: number): string {
  return blocksOf(text.split('\n'))
    .flatMap((block) => {
      if (block.every((line) => bare(line).length <= width)) return block;
      return panelsOf(block.map(bare), width) ?? block.flatMap((line) => wrapped(line, width));
    })
    .join('\n');
}

/** Lines up to an empty one. */
function blocksOf(lines: readonly string[]): string[][] {
  const blocks: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() === '') blocks.push([line], []);
    else blocks.at(-1)?.push(line);
  }
  return blocks.filter((block) => block.length > 0);
}

interface Column {
  readonly start: number;
  readonly end: number;
}

/**
 * A table as several, each with the first column and as many others as fit; lines before and after it are wrapped. null: no table
 * is in the block.
 */
function panelsOf(block: readonly string[], width: number): string[] | null {
  const [from, to] = tableWithin(block);
  const rows = block.slice(from, to);
  const columns = columnsBetween(rows.map(blanksOf).reduce(inBoth, []));
  const [first, ...others] = columns;
  if (rows.length < 2 || first === undefined || others.length < 2) return null;
  const around = (lines: readonly string[]) => lines.flatMap((line) => wrapped(line, width));
  const panels = grouped(first, others, width).map((group) =>
    rows.map((row) =>
      [first, ...group]
        .map((column) => cellOf(row, column))
        .join('  ')
        .trimEnd(),
    ),
  );
  return [
    ...around(block.slice(0, from)),
    ...panels.flatMap((panel, index) => (index === 0 ? panel : ['', ...panel])),
    ...around(block.slice(to)),
  ];
}

/** The longest run of lines that have columns in common. */
function tableWithin(block: readonly string[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  for (let from = 0; from < block.length; ) {
    let blanks = blanksOf(block[from] ?? '');
    let to = from + 1;
    for (; to < block.length; to += 1) {
      const common = inBoth(blanks, blanksOf(block[to] ?? ''));
      if (columnsBetween(common).length < 3) break;
      blanks = common;
    }
    if (to - from > best[1] - best[0]) best = [from, to];
    from = to;
  }
  return best;
}

/** Which places of a line are blank; what is behind its end is. */
type Blanks = readonly boolean[];

function blanksOf(line: string): Blanks {
  return Array.from(line, (character) => character === ' ');
}

function inBoth(a: Blanks, b: Blanks): Blanks {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => (a[index] ?? true) && (b[index] ?? true));
}

/** Told apart by two blanks or more that all rows have in the same place. */
function columnsBetween(blanks: Blanks): Column[] {
  const columns: Column[] = [];
  let start: number | null = null;
  for (let index = 0; index <= blanks.length; index += 1) {
    const isGap = (blanks[index] ?? true) && (blanks[index + 1] ?? true);
    const isBlank = blanks[index] ?? true;
    if (start === null && !isBlank) start = index;
    else if (start !== null && isGap) {
      columns.push({ start, end: index });
      start = null;
    }
  }
  return columns;
}

function cellOf(row: string, { start, end }: Column): string {
  return row.slice(start, end).padEnd(end - start);
}

function grouped(first: Column, others: readonly Column[], width: number): Column[][] {
  const widthOf = ({ start, end }: Column) => end - start;
  const groups: Column[][] = [];
  let left = 0;
  for (const column of others) {
    const group = groups.at(-1);
    if (group !== undefined && left >= widthOf(column) + 2) {
      group.push(column);
      left -= widthOf(column) + 2;
    } else {
      groups.push([column]);
      left = width - widthOf(first) - 2 - widthOf(column);
    }
  }
  return groups;
}

const hanging = '    ';

/** At blanks; further lines begin where the first did, and a little further. A word that is too long stays whole. */
function wrapped(line: string, width: number): string[] {
  if (bare(line).length <= width) return [line];
  const indent = `${/^ */.exec(line)?.[0] ?? ''}${hanging}`.slice(0, Math.floor(width / 3));
  const lines: string[] = [];
  let current = '';
  for (const word of line.trimEnd().split(/(?<=\S) +/)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && bare(longer).length > width) {
      lines.push(current);
      current = `${indent}${word}`;
    } else current = longer;
  }
  return [...lines, current];
}
