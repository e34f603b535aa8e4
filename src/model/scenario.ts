import { z } from 'zod';
import { clusterPlanSchema } from './cluster.ts';
import { primitivePlanSchema } from './primitive.ts';

const positive = z.number().positive();
const count = z.int().nonnegative();

/** How a target is driven: an open loop in which request i is due at t0 + offset(i), whatever the target does. */
export const loadPlanSchema = z.strictObject({
  /** constant: evenly spaced arrivals; poisson: exponential gaps from the seed; steps and ramp: see `steps`. */
  arrivals: z.enum(['constant', 'poisson', 'steps', 'ramp']),
  /** The total over all generator threads and connections; 0: no request is sent and no generator started. */
  ratePerSec: z.number().nonnegative(),
  /** Only for steps (each held) and ramp (rates joined by straight lines); null otherwise. */
  steps: z.array(z.strictObject({ ratePerSec: positive, durationMs: positive })).nullable(),
  /** Requests sent before measuring, on the same connections; 0 measures a cold process. */
  warmupCount: count,
  warmupRatePerSec: positive,
  measureMs: positive,
  /** How long answers still in flight at the end are waited for. */
  drainMs: z.number().nonnegative(),
  timeoutMs: positive,
  maxInFlightCount: z.int().positive(),
  connectionCount: z.int().positive(),
  seed: z.int().nonnegative(),
});

export type LoadPlan = z.infer<typeof loadPlanSchema>;

/** One question of a scenario: a workload at some rates, asked of every implementation of its service. */
const scenarioEntrySchema = z.strictObject({
  service: z.string(),
  workload: z.string(),
  /** Total rates; an empty list means the workload's own fixed rate. */
  ratesPerSec: z.array(z.number().nonnegative()),
  /** warm: after the warm-up (headline); cold: the first minute of a fresh process at the asked rate. */
  temperature: z.enum(['warm', 'cold']),
  trialCount: z.int().positive(),
  /** null: the service is no cluster. */
  cluster: clusterPlanSchema.nullable(),
  loadPlan: loadPlanSchema.omit({ ratePerSec: true, seed: true }),
});

/** What is run: declared in bench/scenarios/<id>.ts, exported under the name `scenario`. */
export const scenarioSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  description: z.string(),
  entries: z.array(scenarioEntrySchema),
  /** Whether it measures implementations whose manifest says `optional`. */
  includesOptional: z.boolean(),
  /** null: none are measured. */
  primitives: primitivePlanSchema.nullable(),
  /** How long a ready target that was asked nothing but health is watched before the load. */
  idleMs: z.number().nonnegative(),
  workerCount: z.int().positive(),
  databaseConnectionCount: z.int().positive(),
  seed: z.int().nonnegative(),
});

export type ScenarioEntry = z.infer<typeof scenarioEntrySchema>;
export type Scenario = z.infer<typeof scenarioSchema>;
