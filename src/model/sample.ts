import { z } from 'zod';

const bytes = z.number().nonnegative();

export const roleSchema = z.enum(['target', 'generator', 'database']);

/** One look at the process tree of one role. Counters grow from the start of the role's process group. */
export const sampleSchema = z.strictObject({
  /** Milliseconds since the measured window opened (negative before). */
  atMs: z.number(),
  role: roleSchema,
  processCount: z.int().nonnegative().nullable(),
  threadCount: z.int().nonnegative().nullable(),
  cpuUserMs: z.number().nonnegative(),
  cpuSystemMs: z.number().nonnegative(),
  /** Private memory: anonymous + shared anonymous pages. */
  anonBytes: bytes.nullable(),
  rssBytes: bytes.nullable(),
  /** Time spent runnable but waiting for a core, summed over threads. */
  runDelayMs: z.number().nonnegative().nullable(),
});

export type Role = z.infer<typeof roleSchema>;
export type Sample = z.infer<typeof sampleSchema>;
