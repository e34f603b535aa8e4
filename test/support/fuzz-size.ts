/** How many times as many inputs as `npm test` a fuzzer draws; the part `fuzz` of `npm run test:all` asks for more. */
export const fuzzFactor: number = Number(process.env.PACELINE_FUZZ_FACTOR ?? 1);

/** Named where it is drawn, so that a failure can be had again: `PACELINE_FUZZ_SEED=…`. */
export const fuzzSeed: number = Number(process.env.PACELINE_FUZZ_SEED ?? Date.now() % 2 ** 31);
