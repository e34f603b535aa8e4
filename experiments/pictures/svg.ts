/** What a picture is drawn with. Each picture is written twice: for a light page and for a dark one. */
export interface Theme {
  readonly id: 'light' | 'dark';
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly second: string;
  readonly third: string;
}

export const themes: readonly Theme[] = [
  {
    id: 'light',
    ink: '#1f2328',
    muted: '#59636e',
    line: '#d1d9e0',
    surface: '#f6f8fa',
    accent: '#0969da',
    second: '#1a7f37',
    third: '#bc6c00',
  },
  {
    id: 'dark',
    ink: '#f0f6fc',
    muted: '#9198a1',
    line: '#3d444d',
    surface: '#151b23',
    accent: '#4493f8',
    second: '#3fb950',
    third: '#e0a030',
  },
];

export interface TextStyle {
  readonly fill: string;
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly isBold?: boolean;
}

export function text(x: number, y: number, words: string, { fill, size, anchor, isBold }: TextStyle): string {
  const extra = [
    size === undefined ? '' : ` font-size="${size}"`,
    anchor === undefined ? '' : ` text-anchor="${anchor}"`,
    isBold ? ' font-weight="600"' : '',
  ].join('');
  return `<text x="${round(x)}" y="${round(y)}" fill="${fill}"${extra}>${escaped(words)}</text>`;
}

export function box(x: number, y: number, width: number, height: number, fill: string, stroke = 'none'): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="4" fill="${fill}" stroke="${stroke}"/>`;
}

export function line(path: string, stroke: string, extra = ''): string {
  return `<path d="${path}" stroke="${stroke}" fill="none"${extra}/>`;
}

/** A whole picture. `title` is what a screen reader reads. */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="14">`;
  return `${[open, `<title>${escaped(title)}</title>`, ...parts, '</svg>'].join('\n')}\n`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
