import { z } from 'zod';

const ms = z.number().nonnegative();

/** One function of a profile; times are of 1,000 requests. */
const functionTimeSchema = z.strictObject({
  name: z.string(),
  /** As the profiler names it, below the checkout; null: none, as for garbage collection. */
  file: z.string().nullable(),
  /** In it alone. */
  selfMs: ms,
  /** In it and in what it called. */
  totalMs: ms,
});

const profiledQuestion = {
  implementation: z.string(),
  workload: z.string(),
  ratePerSec: z.number().nonnegative(),
};

/** One more trial under a sampling profiler, which slows what it watches: it is in no comparison. */
export const profileSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('profiled'),
    ...profiledQuestion,
    requestCount: z.int().positive(),
    /** CPU of the target in that window, of 1,000 requests. */
    cpuMs: ms,
    /** What of it the profiler saw: not what no sampled thread did, such as native pools of threads. */
    sampledMs: ms,
    /** The longest first; those below a thousandth of the whole are left out. */
    functions: z.array(functionTimeSchema),
    /** Names of the files beside the result. */
    files: z.array(z.string()),
  }),
  z.strictObject({ status: z.literal('missing'), ...profiledQuestion, reason: z.string(), remedy: z.string() }),
]);

export type FunctionTime = z.infer<typeof functionTimeSchema>;
export type Profile = z.infer<typeof profileSchema>;
