import { isConnectionError, type Sql, type TransactionSql } from './database.ts';

/**
 * Runs `work` between BEGIN and COMMIT on one connection of the pool.
 *
 * Note: postgres.js 3.4 ends the whole process (a write to a null socket) when a statement of a transaction, its own ROLLBACK included,
 * follows the loss of the connection. So after a loss `work` is never resumed: the promise of `begin` has been rejected by then.
 */
export function inTransaction<T>(sql: Sql, work: (sql: TransactionSql) => Promise<T>): Promise<T> {
  let ended = false;
  const result = sql.begin(async (transaction) => {
    const guarded = new Proxy(transaction, {
      apply: (target, self, parameters) => (ended ? never() : Reflect.apply(target, self, parameters)),
    });
    try {
      return await work(guarded);
    } catch (error) {
      if (ended || isConnectionError(error)) return never();
      throw error;
    }
  });
  result.catch(() => {
    ended = true;
  });
  return result as Promise<T>;
}

function never(): Promise<never> {
  return new Promise(() => {});
}
