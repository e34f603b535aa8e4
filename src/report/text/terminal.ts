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

/** cli-table3 without lines: columns are told apart by their alignment alone. */
export const borderless = {
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
