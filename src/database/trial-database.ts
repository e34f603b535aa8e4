import { type Connection, databaseError, withConnection } from './connection.ts';

export interface StatementCalls {
  /** As pg_stat_statements normalises it: constants are $1, $2 … */
  readonly query: string;
  readonly callCount: number;
}

/** One trial's own database. */
export interface TrialDatabase {
  readonly name: string;
  /** What the implementation is given: an ordinary role's `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** The one value of a counting statement, run as the administrator. */
  count(sql: string): Promise<number>;
  /** Starts counting for connections made from now on: call it before the implementation starts. False: cannot be counted. */
  enableStatements(): Promise<boolean>;
  resetStatements(): Promise<void>;
  /** The calls of the implementation's role since the reset; null: cannot be counted. */
  statementCalls(): Promise<readonly StatementCalls[] | null>;
  /** Ends what is still connected and drops it. Safe to call twice. Throws HarnessError where the server is gone. */
  drop(): Promise<void>;
}

interface TrialDatabaseParts {
  readonly name: string;
  readonly url: string;
  readonly adminUrl: string;
  readonly roleName: string;
  readonly hasStatements: boolean;
  drop(): Promise<void>;
}

export function openTrialDatabase(parts: TrialDatabaseParts): TrialDatabase {
  const { name, url, adminUrl, roleName, hasStatements } = parts;

  async function ask<T>(what: string, use: (sql: Connection) => Promise<T>): Promise<T> {
    try {
      return await withConnection(adminUrl, use);
    } catch (error) {
      throw databaseError(`cannot ${what} in database ${name}`, error);
    }
  }

  return {
    name,
    url,
    count: (text) =>
      ask('count rows', async (sql) => {
        const [row] = await sql.unsafe(text).values();
        return Number(row?.[0]);
      }),
    async enableStatements() {
      if (!hasStatements) return false;
      return ask('enable statement statistics', async (sql) => {
        await sql.unsafe(`ALTER DATABASE ${name} SET pg_stat_statements.track = 'top'`).catch(() => {});
        // Read on a connection that the new setting holds for; a foreign server may count already.
        return withConnection(adminUrl, isTracking);
      });
    },
    async resetStatements() {
      if (!hasStatements) return;
      await ask('reset statement statistics', (sql) => sql.unsafe(resetSql, [roleName]));
    },
    async statementCalls() {
      if (!hasStatements) return null;
      return ask('read statement statistics', async (sql) => {
        const rows = await sql.unsafe<{ query: string; calls: string }[]>(callsSql, [roleName]);
        return rows.map(({ query, calls }) => ({ query, callCount: Number(calls) }));
      });
    },
    drop: () => parts.drop(),
  };
}

async function isTracking(sql: Connection): Promise<boolean> {
  const [row] = await sql<{ track: string }[]>`SELECT current_setting('pg_stat_statements.track', true) AS track`;
  return row?.track === 'top' || row?.track === 'all';
}

const thisDatabase = '(SELECT oid FROM pg_database WHERE datname = current_database())';

const resetSql = `SELECT pg_stat_statements_reset((SELECT oid FROM pg_roles WHERE rolname = $1), ${thisDatabase}, 0)`;

const callsSql = `SELECT query, calls FROM pg_stat_statements
  WHERE dbid = ${thisDatabase} AND userid = (SELECT oid FROM pg_roles WHERE rolname = $1) ORDER BY calls DESC, query`;
