import { z } from 'zod';
import { clusterCellSchema } from './cluster.ts';
import { loadProfileSchema } from './load-profile.ts';
import { primitiveProfileSchema } from './primitive-result.ts';

/** One question of a scenario: a workload at some rates, asked of every implementation of its service. */
export const scenarioCellSchema = z.strictObject({
  service: z.string(),
  workload: z.string(),
  /** Total rates; an empty list means the workload's own fixed rate. */
  ratesPerSec: z.array(z.number().nonnegative()),
  /** warm: after the warm-up (headline); young: the first minute of a fresh process at the asked rate. */
  temperature: z.enum(['warm', 'young']),
  trialCount: z.int().positive(),
  /** null: the service is no cluster. */
  cluster: clusterCellSchema.nullable(),
  profile: loadProfileSchema.omit({ ratePerSec: true, seed: true }),
});

/** What is run: declared in bench/scenarios/<id>.ts, exported under the name `scenario`. */
export const scenarioSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  description: z.string(),
  cells: z.array(scenarioCellSchema),
  /** null: none are measured. */
  primitives: primitiveProfileSchema.nullable(),
  /** How long a ready target that was asked nothing but health is watched before the load. */
  idleMs: z.number().nonnegative(),
  workerCount: z.int().positive(),
  dbPoolTotal: z.int().positive(),
  seed: z.int().nonnegative(),
});

export type ScenarioCell = z.infer<typeof scenarioCellSchema>;
export type Scenario = z.infer<typeof scenarioSchema>;
