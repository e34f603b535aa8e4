import { z } from 'zod';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as 2026-12-31');

/** A known change that is let through until a day: written by `compare --waive`, checked in, shown wherever it applies. */
export const waiverSchema = z.strictObject({
  /** A comparison's id, or its beginning up to a slash: `crud-go/history` waives all of that. */
  cell: z.string().min(1),
  reason: z.string().min(1),
  /** The last day on which it applies. */
  until: day,
});

export const waiversSchema = z.array(waiverSchema);

export type Waiver = z.infer<typeof waiverSchema>;
