import postgres from 'postgres';

interface Types extends Record<string, unknown> {
  uuids: string[];
  integers: number[];
  byteas: Uint8Array[];
  bytea: Uint8Array;
}

export type Sql = postgres.Sql<Types>;
export type TransactionSql = postgres.TransactionSql<Types>;

/** Arrays have no known type without `fetch_types`, so the three used here are named. */
const types = {
  uuids: { to: 2951, from: [2951], serialize: arrayText, parse: (text: string) => text.slice(1, -1).split(',') },
  integers: { to: 1007, from: [], serialize: arrayText, parse: String },
  byteas: { to: 1001, from: [], serialize: (all: Uint8Array[]) => arrayText(all.map(quotedBytea)), parse: String },
  bytea: { to: 17, from: [17], serialize: byteaText, parse: parseBytea },
};

/** What the query pool and the listening connection have in common. */
export const clientOptions = {
  fetch_types: false,
  types,
  transform: { column: { from: postgres.toCamel } },
  // Connections are not closed for their age: a measurement should not see one being made.
  max_lifetime: null,
  connect_timeout: 1,
  connection: { statement_timeout: 5000, application_name: 'crud' },
  onnotice: () => {},
};

const connectionErrorCodes = new Set([
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

/** Whether an error means that the connection is gone, or was never made. */
function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && connectionErrorCodes.has(String(error.code));
}

/** Whether an error means that the database is away, full or shutting down (SQLSTATE classes 08, 53, 57), not that a statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return /^(08|53|57)/.test(error.code);
  return isConnectionError(error);
}

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

export interface Pool {
  /** Runs statements on whichever connection is free. They fail at once, and not only in the end, while the database is away. */
  readonly sql: Sql;
  /** Runs `work` between BEGIN and COMMIT on one connection. */
  transaction: Transaction;
  close(): Promise<void>;
}

export type Transaction = <T>(work: (sql: TransactionSql) => Promise<T>) => Promise<T>;

const drainSec = 1;

/**
 * Note: a connection that postgres.js 3.4 makes anew keeps parts of the lost one's state: its row counter (the next answer has holes, a
 * user seems not to be there) and unsent bytes (the start-up message waits behind them until it times out). So the client whose connection
 * was lost connects no more, ends, and another takes its place for what comes.
 */
export function openPool(url: string, connectionCount: number): Pool {
  let closed = false;
  let current = open();

  function open(): Sql {
    const client: Sql = postgres(url, {
      ...clientOptions,
      max: connectionCount,
      onclose: () => replace(client),
    }) as unknown as Sql;
    return client;
  }

  function replace(client: Sql): void {
    if (closed || client !== current) return;
    current = open();
    Object.assign(client.options, { socket: refuse });
    void client.end({ timeout: drainSec });
  }

  const sql = new Proxy(current, {
    apply: (_first, self, parameters) => Reflect.apply(current, self, parameters),
    get: (_first, name) => Reflect.get(current, name),
  });
  return {
    sql,
    transaction: (work) => inTransaction(sql, work),
    close() {
      closed = true;
      return current.end({ timeout: drainSec });
    },
  };
}

function refuse(): never {
  throw Object.assign(new Error('the connection was lost'), { code: 'CONNECTION_CLOSED' });
}

/**
 * Runs `work` between BEGIN and COMMIT on one connection of the pool.
 *
 * Note: postgres.js 3.4 ends the whole process (a write to a null socket) when a statement of a transaction, its own ROLLBACK included,
 * follows the loss of the connection. So after a loss `work` is never resumed: the promise of `begin` has been rejected by then.
 */
function inTransaction<T>(sql: Sql, work: (sql: TransactionSql) => Promise<T>): Promise<T> {
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
