import postgres from 'postgres';
import { clientOptions, type Sql } from './database.ts';

export interface Pool {
  /** Runs statements on whichever connection is free. They fail at once, and not only in the end, while the database is away. */
  readonly sql: Sql;
  close(): Promise<void>;
}

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
    close() {
      closed = true;
      return current.end({ timeout: drainSec });
    },
  };
}

function refuse(): never {
  throw Object.assign(new Error('the connection was lost'), { code: 'CONNECTION_CLOSED' });
}
