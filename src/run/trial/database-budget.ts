import type { DatabaseUse } from '../../database/trial-database.ts';

interface DatabaseBudget {
  /** Query connections of the whole service: DB_POOL_TOTAL. */
  readonly poolTotal: number;
  /** Each process, or thread that is a whole server, may hold one more connection, for LISTEN. */
  readonly processCount: number;
  readonly workerCount: number;
}

/** What of an implementation's use of its database is not as every other's, in words; null: nothing. */
export function databaseBudgetProblem(
  { connectionCount, storedSettings }: DatabaseUse,
  budget: DatabaseBudget,
): string | null {
  const limit = connectionLimit(budget);
  if (connectionCount > limit) {
    return `${connectionCount} database connections, where DB_POOL_TOTAL=${budget.poolTotal} and one to listen for each process or worker allow ${limit}`;
  }
  if (storedSettings.length === 0) return null;
  return `it has changed settings of its database role or database: ${storedSettings.join(', ')}`;
}

export function connectionLimit({ poolTotal, processCount, workerCount }: DatabaseBudget): number {
  return poolTotal + Math.max(processCount, workerCount);
}
