export type Paint = (text: string) => string;

export interface Paints {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly warn: Paint;
}

/** Terminal colours, or none. */
export function paintsFor(color: boolean): Paints {
  const paint = (code: number): Paint => (color ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text);
  return { bold: paint(1), dim: paint(2), warn: paint(33) };
}
