import { z } from 'zod';

const ms = z.number().nonnegative();
const count = z.int().nonnegative();

const timing = {
  electionTimeoutMinMs: z.int().positive(),
  electionTimeoutMaxMs: z.int().positive(),
  heartbeatMs: z.int().positive(),
  /** Put on every message by the host. */
  networkDelayUs: count,
  /** file: written, survives a killed process; fsync: survives a lost machine. */
  durability: z.enum(['file', 'fsync']),
  /** How often the leader is crashed in the measured window, where the workload crashes leaders. */
  crashCount: count,
  /** The published experiment's condition: so many followers lack the last entry, so that they cannot win. */
  behindCount: count,
};

/** What a scenario asks of a cluster: one question a size. */
export const clusterCellSchema = z.strictObject({
  sizes: z.array(z.int().positive()).min(1),
  ...timing,
  /** Memory the whole cluster may use, enforced by its control group; null: not limited. */
  memoryLimitBytes: z.number().positive().nullable(),
});

/** What is done to a cluster in the measured window, beside the requests. */
export const clusterActSchema = z.enum(['watch', 'crash-leaders', 'crash-under-load']);

/** The cluster of one trial. */
export const clusterSpecSchema = z.strictObject({ size: z.int().positive(), act: clusterActSchema, ...timing });

/** One loss of a leader, as the host's monotonic clock saw it. */
export const electionSchema = z.strictObject({
  /** From the crash until every other live node had a heartbeat of the new leader; null: no leader within the limit. */
  electionMs: ms.nullable(),
  /** 1: the first vote was decided. */
  termsUsed: count.nullable(),
  /** Terms of this election in which there were candidates and nobody won. */
  splitVotes: count.nullable(),
});

export const clusterFiguresSchema = z.strictObject({
  termBefore: count,
  termAfter: count,
  /** null: there was none at the end. */
  leaderAfter: z.int().nullable(),
  elections: z.array(electionSchema),
  /** What the host measured between its nodes, injected delay included; null where it does not say. */
  oneWayDelay: z.strictObject({ count, p50Ms: ms.nullable(), p99Ms: ms.nullable() }).nullable(),
});

export type ClusterCell = z.infer<typeof clusterCellSchema>;
export type ClusterAct = z.infer<typeof clusterActSchema>;
export type ClusterSpec = z.infer<typeof clusterSpecSchema>;
export type Election = z.infer<typeof electionSchema>;
export type ClusterFigures = z.infer<typeof clusterFiguresSchema>;
