import { z } from 'zod';

const ms = z.number().nonnegative();
const count = z.int().nonnegative();

const timing = {
  electionTimeoutMinMs: z.number().positive(),
  electionTimeoutMaxMs: z.number().positive(),
  heartbeatMs: z.number().positive(),
  /** Minimum one-way delay that the host puts on every message. */
  networkDelayUs: count,
  /** file: written, survives a killed process; fsync: survives a lost machine. */
  durability: z.enum(['file', 'fsync']),
  /** How often the leader is crashed in the measured window, where the workload crashes leaders. */
  crashCount: count,
  /** The two conditions of the published experiment: heartbeats go out just before the crash, and so many followers cannot win. */
  heartbeatBeforeCrash: z.boolean(),
  laggingFollowerCount: count,
};

/** A distribution of election times that others have published: drawn beside ours and compared with. */
const publishedElectionsSchema = z.strictObject({
  source: z.string(),
  quantiles: z.array(z.strictObject({ probability: z.number().min(0).max(1), valueMs: ms })),
  /** Where only this is known: every election took longer. */
  minMs: ms.nullable(),
});

/** What a scenario asks of a cluster: one question a size. */
export const clusterPlanSchema = z.strictObject({
  sizes: z.array(z.int().positive()).min(1),
  ...timing,
  /** Memory the whole cluster may use, enforced by its control group; null: not limited. */
  memoryLimitBytes: z.number().positive().nullable(),
  /** Sizes are tried upwards until one fails twice; the largest that holds is then asked all trials. */
  searchesSize: z.boolean(),
  published: publishedElectionsSchema.nullable(),
});

/** What is done to a cluster in the measured window, beside the requests. */
const clusterFaultSchema = z.enum(['none', 'crash-leaders', 'crash-under-load']);

/** The cluster of one trial. */
export const clusterSpecSchema = z.strictObject({
  size: z.int().positive(),
  fault: clusterFaultSchema,
  ...timing,
  searchesSize: z.boolean(),
});

/** One loss of a leader, as the host's monotonic clock saw it. */
const electionSchema = z.strictObject({
  /** From the crash until every other live node had a heartbeat of the new leader; null: no leader within the limit. */
  electionMs: ms.nullable(),
  /** 1: no vote was split. */
  termCount: z.int().positive().nullable(),
});

export const clusterMeasurementSchema = z.strictObject({
  nodeCount: z.int().positive(),
  /** Neither crashed nor isolated at the end. */
  finalLiveCount: count,
  initialTerm: count,
  finalTerm: count,
  /** null: there was none at the end. */
  finalLeader: z.int().nullable(),
  elections: z.array(electionSchema),
  /** What the host measured between its nodes of late, the injected delay included; null where no message was delivered. */
  oneWayDelay: z.strictObject({ count, p50Ms: ms.nullable(), p99Ms: ms.nullable() }).nullable(),
});

export type ClusterPlan = z.infer<typeof clusterPlanSchema>;
export type PublishedElections = z.infer<typeof publishedElectionsSchema>;
export type ClusterFault = z.infer<typeof clusterFaultSchema>;
export type ClusterSpec = z.infer<typeof clusterSpecSchema>;
export type Election = z.infer<typeof electionSchema>;
export type ClusterMeasurement = z.infer<typeof clusterMeasurementSchema>;
