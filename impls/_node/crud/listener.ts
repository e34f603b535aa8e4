import type { FastifyBaseLogger } from 'fastify';
import { connect } from './database.ts';

export interface Channel {
  readonly name: string;
  onPayload(payload: string): void;
  /** Listening (again): what was notified until now may have been missed. */
  onListening(): void;
}

export interface Listener {
  stop(): Promise<void>;
}

const reconnectSec = 0.25;

/** Holds exactly one connection outside the pool; after losing it, connects and listens again until it succeeds. */
export function startListener(databaseUrl: string, channels: readonly Channel[], log: FastifyBaseLogger): Listener {
  // postgres.js makes a connection of its own for all channels, and renews it; this pool of one is never used and so never connects.
  const sql = connect({ url: databaseUrl, poolCount: 1, backoffSec: reconnectSec });
  for (const { name, onPayload, onListening } of channels) {
    sql
      .listen(name, onPayload, onListening)
      .catch((error: unknown) => log.warn(error, 'the database is not there yet'));
  }
  return { stop: () => sql.end({ timeout: 0 }) };
}
