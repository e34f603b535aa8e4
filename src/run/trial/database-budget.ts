import type { DatabaseUse } from '../../database/trial-database.ts';

export interface DatabaseBudget {
  /** Query connections of the whole service: DB_POOL_TOTAL. */
  readonly poolTotal: number;
  /** Each may hold one more connection, for LISTEN. */
  readonly processCount: number;
}

/** What of an implementation's use of its database is not as every other's, in words; null: nothing. */
export function databaseBudgetProblem(
  { connectionCount, storedSettings }: DatabaseUse,
  { poolTotal, processCount }: DatabaseBudget,
): string | null {
  const limit = connectionLimit({ poolTotal, processCount });
  if (connectionCount > limit) {
    return `${connectionCount} database connections, where DB_POOL_TOTAL=${poolTotal} and one to listen for each process allow ${limit}`;
  }
  if (storedSettings.length === 0) return null;
  return `it has changed settings of its database role or database: ${storedSettings.join(', ')}`;
}

export function connectionLimit({ poolTotal, processCount }: DatabaseBudget): number {
  return poolTotal + Math.max(1, processCount);
}
