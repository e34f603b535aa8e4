import type { Sql, Transaction, TransactionSql } from '../../_node/crud/database.ts';

/** Bun's own client, in the form in which the statements call it. */
export interface Database {
  readonly sql: Sql;
  readonly transaction: Transaction;
  /** Calls `onListening` each time that nothing was heard until then. */
  listen(channels: Readonly<Record<string, (payload: string) => void>>, onListening: () => void): Listener;
  close(): Promise<void>;
}

interface Listener {
  stop(): Promise<void>;
}

const drainSec = 1;

export function openDatabase(url: string, connectionCount: number): Database {
  const client = new Bun.SQL({
    url,
    max: connectionCount,
    idleTimeout: 0,
    maxLifetime: 0,
    connectionTimeout: 1,
    transform: Bun.SQL.camel,
    connection: { statement_timeout: 5000, application_name: 'crud' },
  });
  return {
    sql: withTypes<Sql>(client),
    transaction: (work) => client.begin((handle) => work(withTypes<TransactionSql>(handle))),
    listen: (channels, onListening) => keepListening(client, channels, onListening),
    close: () => client.close({ timeout: drainSec }),
  };
}

/** The statements name the types of their arrays, which no client can guess. */
function withTypes<Handle>(handle: Bun.Handle): Handle {
  const types = {
    uuids: (values: readonly string[]) => handle.array(values, 'UUID'),
    integers: (values: readonly number[]) => handle.array(values, 'INT'),
    byteas: (values: readonly Uint8Array[]) => handle.array(values, 'BYTEA'),
  };
  return Object.assign(handle, { types }) as unknown as Handle;
}

const retryMs = 250;

/** Bun listens again after it has lost the connection; only the first time it must be asked until it succeeds. */
function keepListening(
  client: Bun.Client,
  channels: Readonly<Record<string, (payload: string) => void>>,
  onListening: () => void,
): Listener {
  const subscriptions: { unlisten(): Promise<void> }[] = [];
  let stopped = false;
  async function listen(channel: string, onNotify: (payload: string) => void): Promise<void> {
    while (!stopped) {
      try {
        subscriptions.push(await client.listen(channel, onNotify, onListening));
        return;
      } catch {
        await new Promise((retry) => setTimeout(retry, retryMs));
      }
    }
  }
  for (const [channel, onNotify] of Object.entries(channels)) void listen(channel, onNotify);
  return {
    async stop() {
      stopped = true;
      await Promise.allSettled(subscriptions.map((subscription) => subscription.unlisten()));
    },
  };
}

/** Whether an error means that the database is away, full or shutting down (SQLSTATE classes 08, 53, 57), not that a statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Bun.SQL.PostgresError)) return false;
  if (error.code === 'ERR_POSTGRES_SERVER_ERROR') return /^(08|53|57)/.test(String(error.errno ?? ''));
  return /^ERR_POSTGRES_(CONNECTION|IDLE|LIFETIME|TLS)/.test(error.code);
}
