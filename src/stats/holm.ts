/**
 * p values adjusted for being several (Holm 1979, "A simple sequentially rejective multiple test procedure"): whoever calls
 * those at most alpha significant is wrong anywhere with a chance of at most alpha. In the order given.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let greatest = 0;
  for (const [position, { p, index }] of order.entries()) {
    greatest = Math.max(greatest, Math.min(1, p * (pValues.length - position)));
    adjusted[index] = greatest;
  }
  return adjusted;
}
