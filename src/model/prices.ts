import { z } from 'zod';

const price = z.number().nonnegative();

/** What a machine costs: by the hour, for each virtual CPU and each GiB of memory. */
export const pricesSchema = z.strictObject({
  /** Whose prices they are: printed beside every sum. */
  name: z.string().min(1),
  currency: z.string().min(1).max(12),
  perVcpuHour: price,
  perGibHour: price,
  /** The machine of which a service takes a share. */
  machine: z.strictObject({ vcpuCount: z.number().positive(), memoryGib: z.number().positive() }),
});

export type Prices = z.infer<typeof pricesSchema>;
