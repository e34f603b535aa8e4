import type { PublishedElections } from '../../src/model/cluster.ts';

const source = 'Ongaro, Consensus: Bridging Theory and Practice (2014), section 9.4: five servers, 1,000 trials a line';

function line(p50Ms: number, p99Ms: number, maxMs: number): PublishedElections {
  return {
    source,
    quantiles: [
      { probability: 0.5, valueMs: p50Ms },
      { probability: 0.99, valueMs: p99Ms },
      { probability: 1, valueMs: maxMs },
    ],
    minMs: null,
  };
}

/** Election times by time-out range, in milliseconds. */
export const published: Readonly<Record<string, PublishedElections>> = {
  '150–150': { source, quantiles: [], minMs: 9_800 },
  '150–155': line(287, 1224, 2143),
  '150–200': line(147, 345, 513),
  '150–300': line(171, 406, 603),
  '50–100': line(67, 168, 253),
  '25–50': line(43, 118, 276),
  '12–24': line(30, 87, 152),
};

/**
 * The one-way delay, in milliseconds, at which the line 150–300 comes out as published; fitted on that line alone, in virtual time
 * (`npm run raft:elections`, docs/explanation/raft.md). The other lines are predictions.
 */
export const fittedDelayMs = 3;
