import { createRandom as createStream, type Random } from '../stats/random.ts';

const streams: ((iteration: number) => void)[] = [];

/** From now on every stream gives what belongs to this iteration, whichever virtual user of whichever instance asks. */
export function enterIteration(iteration: number): void {
  for (const enter of streams) enter(iteration);
}

/** In the exported script this stands in for `createRandom`: a stream that begins anew with each iteration, from seed and iteration. */
export function createRandom(seed: number): Random {
  let stream = createStream(seed);
  streams.push((iteration) => {
    stream = createStream((seed + (iteration + 1) * 0x9e37_79b9) % Number.MAX_SAFE_INTEGER);
  });
  return {
    uint32: () => stream.uint32(),
    float: () => stream.float(),
    below: (n) => stream.below(n),
    exponential: () => stream.exponential(),
  };
}
