import { z } from 'zod';
import { requestSchema, stepSchema } from './vector.ts';
import { broken, parseFile } from './vector-file.ts';

const steps = z.array(stepSchema);
const pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source, 'i');
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
const count = z.int().positive();

export const budgetRouteSchema = z.strictObject({
  /** A key of the service's statementBudgets. */
  route: z.string().min(1),
  /** Done once before, uncounted; `${requestCount}` is how often the steps will be done. */
  prepare: steps.default([]),
  /** One round: what is counted. `${index}` counts the rounds from 0. */
  steps: steps.min(1),
  warmupCount: count.default(20),
  countedCount: count.default(50),
  /** Statements of others' work that this route sets off. */
  notCounted: z.array(pattern).default([]),
});

/** bench/<service>/lifecycle.json: what is sent in the checks that code must conduct. */
export const lifecycleFileSchema = z.strictObject({
  /** Before each of the checks. */
  setup: steps,
  shutdown: z.strictObject({
    stream: requestSchema,
    /** In flight when SIGTERM comes; each takes a while. */
    slow: z.array(requestSchema).min(1),
  }),
  databaseRestart: z.strictObject({
    before: steps.min(1),
    /** While the database is away. */
    lost: steps.min(1),
    /** When it has been back for as long as the contract allows; streams opened before are still there. */
    back: steps.min(1),
  }),
  statementBudgets: z.strictObject({
    /** Statements that no request causes: LISTEN, connection set-up. */
    notCounted: z.array(pattern),
    routes: z.array(budgetRouteSchema).min(1),
  }),
});

export type LifecycleFile = z.infer<typeof lifecycleFileSchema>;
export type BudgetRoute = z.infer<typeof budgetRouteSchema>;

export async function readLifecycleFile(file: string): Promise<LifecycleFile> {
  const { value, problems } = await parseFile(file, lifecycleFileSchema);
  if (value === null) throw broken(problems);
  return value;
}
