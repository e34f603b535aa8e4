import { z } from 'zod';

const positive = z.number().positive();
const count = z.int().nonnegative();

/** How a target is driven: an open loop in which request i is due at t0 + offset(i), whatever the target does. */
export const loadProfileSchema = z.strictObject({
  /** constant: evenly spaced arrivals; poisson: exponential gaps from the seed; steps and ramp: see `steps`. */
  kind: z.enum(['constant', 'poisson', 'steps', 'ramp']),
  /** The total over all generator threads and connections; 0: no request is sent and no generator started. */
  ratePerSec: z.number().nonnegative(),
  /** Only for steps (each held) and ramp (rates joined by straight lines); null otherwise. */
  steps: z.array(z.strictObject({ ratePerSec: positive, durationMs: positive })).nullable(),
  /** Requests sent before measuring, on the same connections; 0 measures a young process. */
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

export type LoadProfile = z.infer<typeof loadProfileSchema>;
