import postgres from 'postgres';

/** Arrays have no known type without `fetch_types`, so the three used here are named. */
const types = {
  uuids: { to: 2951, from: [2951], serialize: arrayText, parse: (text: string) => text.slice(1, -1).split(',') },
  integers: {
    to: 1007,
    from: [1007],
    serialize: arrayText,
    parse: (text: string) => text.slice(1, -1).split(',').map(Number),
  },
  byteas: {
    to: 1001,
    from: [1001],
    serialize: (values: Uint8Array[]) => arrayText(values.map(quotedBytea)),
    parse: String,
  },
  bytea: { to: 17, from: [17], serialize: byteaText, parse: parseBytea },
};

export type Sql = postgres.Sql<{ uuids: string[]; integers: number[]; byteas: Uint8Array[]; bytea: Uint8Array }>;
export type TransactionSql = postgres.TransactionSql<{
  uuids: string[];
  integers: number[];
  byteas: Uint8Array[];
  bytea: Uint8Array;
}>;

export interface Connecting {
  readonly url: string;
  readonly poolCount: number;
  /** Wait before connecting again after a connection was lost or refused. */
  readonly backoffSec: number;
}

export function connect({ url, poolCount, backoffSec }: Connecting): Sql {
  return postgres(url, {
    max: poolCount,
    fetch_types: false,
    types,
    transform: { column: { from: postgres.toCamel } },
    // Neither idle nor old connections are closed: a measurement should not see one being made.
    idle_timeout: undefined,
    max_lifetime: null,
    connect_timeout: 1,
    backoff: () => backoffSec,
    connection: { statement_timeout: 5000, application_name: 'crud' },
    onnotice: () => {},
  }) as unknown as Sql;
}

const unreachableCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether an error means that the database is away, full or shutting down (SQLSTATE classes 08, 53 and 57), not that a statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return /^(08|53|57)/.test(error.code);
  return isConnectionError(error);
}

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && unreachableCodes.has(String(error.code));
}

/**
 * Runs `work` between BEGIN and COMMIT on one connection of the pool.
 *
 * Note: postgres.js 3.4 ends the whole process (write to a null socket) when a statement of a transaction, its own ROLLBACK included,
 * follows the loss of the connection. So after a loss `work` is never resumed: the promise of `begin` has already been rejected.
 */
export function inTransaction<T>(sql: Sql, work: (sql: TransactionSql) => Promise<T>): Promise<T> {
  let lost = false;
  const result = sql.begin(async (transaction) => {
    const guarded = new Proxy(transaction, {
      apply: (target, self, args) => (lost ? never : Reflect.apply(target, self, args)),
    });
    try {
      return await work(guarded);
    } catch (error) {
      if (lost || isConnectionError(error)) return never;
      throw error;
    }
  });
  result.catch(() => {
    lost = true;
  });
  return result as Promise<T>;
}

const never = new Promise<never>(() => {});

function arrayText(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}

function byteaText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

function quotedBytea(bytes: Uint8Array): string {
  return `"\\${byteaText(bytes)}"`;
}

/** Bytes outside Buffer's shared pool: a cached body pins no other memory, and can be transferred to another thread. */
function parseBytea(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow((text.length - 2) / 2);
  bytes.write(text.slice(2), 'hex');
  return bytes;
}
