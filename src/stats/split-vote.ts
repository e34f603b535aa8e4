import { binomialAtMost } from './distributions.ts';

/**
 * How often the first vote of an election is split, for n servers of which s are alive and `latencyRatio` = one-way latency ÷
 * range of the election time-outs. With c = s − ⌊n/2⌋ + 1: too many of the s time out within one latency of the first when at
 * least c − 1 of them do, each with that probability: Σ_{k=c−1..s} C(s,k) l^k (1−l)^(s−k). docs/explanation/method.md, Raft.
 */
export function splitVoteProbability(serverCount: number, aliveCount: number, latencyRatio: number): number {
  const l = Math.min(1, Math.max(0, latencyRatio));
  const least = aliveCount - Math.floor(serverCount / 2);
  if (least > aliveCount) return 0;
  return 1 - binomialAtMost(least - 1, aliveCount, l);
}
