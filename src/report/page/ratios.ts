import { ratioText } from '../format.ts';
import type { View } from './view.ts';

/** The ratio of one implementation's figure to another's, with its interval. */
type EmbeddedRatio = readonly [ratio: number, low: number | null, high: number | null];

/** By question, numerator and denominator. */
export type EmbeddedRatios = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, EmbeddedRatio>>>>>
>;

/** Every ratio of the page over the chosen baseline; over each table's cheapest where that is not in the table. */
export function showRatios(ratios: EmbeddedRatios, { baseline }: View): void {
  for (const cell of document.querySelectorAll<HTMLElement>('[data-ratio-of]')) {
    const { question = '', ratioOf = '', cheapest = '' } = cell.dataset;
    const byBase = ratios[question]?.[ratioOf];
    const base = baseline !== null && (baseline === ratioOf || byBase?.[baseline] !== undefined) ? baseline : cheapest;
    const text = ratioOf === base ? '1' : embeddedText(byBase?.[base]);
    if (cell.textContent !== text) cell.textContent = text;
  }
  for (const name of document.querySelectorAll('[data-baseline-name]'))
    name.textContent = baseline === null ? 'the least' : baseline;
}

function embeddedText(found: EmbeddedRatio | undefined): string {
  if (found === undefined) return '–';
  const [ratio, low, high] = found;
  return ratioText(ratio, low === null || high === null ? null : [low, high]);
}
