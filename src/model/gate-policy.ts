import { z } from 'zod';

const ratio = z.number().positive().max(1);

/** Which worsenings fail a commit: declared in bench/gate.ts, exported under the name `gate`. */
export const gatePolicySchema = z.strictObject({
  /** The chance of a false alarm in a whole comparison that is accepted before confirmation. */
  alpha: z.number().positive().max(0.5),
  /** The same of a single metric that is only shown: not adjusted, therefore stricter. */
  informativeAlpha: z.number().positive().max(0.5),
  /** How sure the shown intervals are. */
  intervalLevelRatio: z.number().min(0.5).max(0.999),
  /** Gated metrics by id, each with the smallest change that matters. */
  metrics: z.record(
    z.string(),
    z.strictObject({
      minEffectRatio: ratio,
      /**
       * Metrics of the same trials: `metricId` moves with the machine's speed and not with the commit, so what it changes by
       * is taken out; `referenceId` does the same work for both commits and shows whether that is true: where the first changed
       * against the second by a test at `alpha`, nothing is taken out. null: none.
       */
      control: z
        .strictObject({ metricId: z.string(), referenceId: z.string(), alpha: z.number().positive().max(0.5) })
        .nullable(),
    }),
  ),
  /** The smallest change that matters of a metric that is only shown. */
  informativeMinEffectRatio: ratio,
  /** Of errors: head is worse at this many more, and a one-sided exact p below this. */
  errors: z.strictObject({ minMoreCount: z.int().positive(), alpha: z.number().positive().max(0.5) }),
  /** The one cell of each implementation that gates, by service; where it was not measured, see compare/primary-cell.ts. */
  primary: z.record(
    z.string(),
    z.strictObject({ workload: z.string(), temperature: z.enum(['warm', 'cold']), ratePerSec: z.number().positive() }),
  ),
});

export type GatePolicy = z.infer<typeof gatePolicySchema>;

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day as 2026-12-31');

/** A known change that is let through until a day: written by `compare --waive`, checked in, shown wherever it applies. */
const waiverSchema = z.strictObject({
  /** A comparison's id, or its beginning up to a slash: `crud-go/history` waives all of that. */
  cell: z.string().min(1),
  reason: z.string().min(1),
  /** The last day on which it applies. */
  until: day,
});

export const waiversSchema = z.array(waiverSchema);

export type Waiver = z.infer<typeof waiverSchema>;

export interface CompareOptions {
  readonly policy: GatePolicy;
  /** In place of every gated metric's smallest effect; null: the policy's. */
  readonly minEffectRatio: number | null;
  /** What A/A runs of this machine showed, by comparison id. */
  readonly noiseFloors: ReadonlyMap<string, number>;
  readonly waivers: readonly Waiver[];
  /** As 2026-12-31, for waivers end. */
  readonly today: string;
}
