/** The finaliser of splitmix32: a bijection of 32-bit words. */
export function mix(word: number): number {
  let z = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** The state after the next draw, whose result is `mix` of it. */
export function advance(state: number): number {
  return (state + 0x9e3779b9) >>> 0;
}

/** The generator's state of a node (id, incarnation), or of the host itself (0, 0). */
export function seedOf(seed: number, id: number, incarnation: number): number {
  return mix((mix((mix(seed >>> 0) + id) >>> 0) + incarnation) >>> 0);
}
