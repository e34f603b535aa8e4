/** Numbers before texts. */
export function compareKeys(a: number | string | null, b: number | string | null): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === typeof b) return String(a).localeCompare(String(b), 'en', { numeric: true });
  return typeof a === 'number' ? -1 : 1;
}

const unitFactors: Readonly<Record<string, number>> = {
  ns: 1,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** "1.20 µs (1.18–1.25)" is a number; null: there is no value. */
export function sortKey(text: string): number | string | null {
  const shown = text.trim();
  if (shown === '' || shown === '–') return null;
  const [, number, unit] = /^[<≈]?\s*([+−-]?[\d,]+(?:\.\d+)?)(?:\s*([a-zA-Zµ]+))?/.exec(shown) ?? [];
  if (number === undefined) return shown;
  return Number(number.replaceAll(',', '').replace('−', '-')) * (unitFactors[unit ?? ''] ?? 1);
}
