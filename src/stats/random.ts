/** A seeded stream of pseudo-random numbers. The same seed gives the same stream on every machine. */
export interface Random {
  /** A whole number in [0, 2^32). */
  uint32(): number;
  /** A number in [0, 1) with 53 random bits (two draws of `uint32`). */
  float(): number;
  /** A whole number in [0, n), each equally likely; n from 1 to 2^32. Throws RangeError otherwise. */
  below(n: number): number;
  /** An exponentially distributed number with mean 1, by inversion of `float`. */
  exponential(): number;
}

type Words = readonly [number, number, number, number];

/**
 * xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c), its four words drawn from
 * splitmix32 seeded with `seed` (the two 32-bit halves XORed). `seed` is a safe whole number from 0; throws RangeError otherwise.
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed ${seed} is not a whole number from 0`);
  const word = splitmix32((seed ^ Math.floor(seed / 2 ** 32)) >>> 0);
  return randomFromWords([word(), word(), word(), word()]);
}

/** The generator in a given state (not all zero): for comparison with the reference implementation. */
export function randomFromWords(words: Words): Random {
  const uint32 = xoshiro128StarStar(words);
  const float = () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
  return { uint32, float, below: (n) => below(uint32, n), exponential: () => -Math.log1p(-float()) };
}

function xoshiro128StarStar([w0, w1, w2, w3]: Words): () => number {
  let [s0, s1, s2, s3] = [w0, w1, w2, w3];
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return result;
  };
}

/** A 32-bit Weyl sequence through the finaliser 16-0x21f0aaad-15-0x735a2d97-15 (hash-prospector's lowest-bias find). */
function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** Draws again above the highest multiple of n, so that no remainder is favoured. */
function below(uint32: () => number, n: number): number {
  if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new RangeError(`below(${n}): n must be from 1 to 2^32`);
  const limit = 2 ** 32 - (2 ** 32 % n);
  let drawn = uint32();
  while (drawn >= limit) drawn = uint32();
  return drawn % n;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** A new order, each equally likely (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], below: (bound: number) => number): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const chosen = below(last + 1);
    [order[last], order[chosen]] = [order[chosen] as T, order[last] as T];
  }
  return order;
}
