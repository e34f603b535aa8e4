import { z } from 'zod';

/** A doubt about a number, as data: what was seen and what the reader can do about it. */
export const warningSchema = z.strictObject({
  code: z.string().regex(/^[a-z][a-z0-9-]*$/),
  message: z.string(),
  /** null where nothing can be done. */
  advice: z.string().nullable(),
});

export type Warning = z.infer<typeof warningSchema>;
