import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { clientOptions } from './database.ts';
import type { Log } from './log.ts';

export interface Listening {
  /** What to do with a payload, by channel. */
  readonly channels: Readonly<Record<string, (payload: string) => void>>;
  /** Listening (again): what was notified until now may have been missed. */
  onListening(): void;
}

export interface Listener {
  stop(): Promise<void>;
}

const retryMs = 250;

/**
 * Holds exactly one connection outside the pool; after losing it, connects and listens again until it succeeds.
 *
 * Note: `sql.listen` of postgres.js 3.4 renews its connection too, but with two channels may make two at once.
 */
export function startListener(databaseUrl: string, listening: Listening, log: Log): Listener {
  let stopped = false;
  let client = createClient();

  function createClient() {
    const { promise: lost, resolve } = Promise.withResolvers<void>();
    const onnotify = (channel: string, payload: string) => listening.channels[channel]?.(payload);
    const options = { ...clientOptions, max: 1, onnotify, onclose: () => resolve() };
    return { sql: postgres(databaseUrl, options), lost };
  }

  async function listen({ sql, lost }: ReturnType<typeof createClient>): Promise<void> {
    await sql.unsafe(
      Object.keys(listening.channels)
        .map((channel) => `LISTEN ${channel};`)
        .join(' '),
    );
    listening.onListening();
    await lost;
  }

  async function keepListening(): Promise<void> {
    while (!stopped) {
      await listen(client).catch((error: unknown) => log.debug(error, 'not listening yet'));
      await client.sql.end({ timeout: 0 });
      await delay(retryMs);
      client = createClient();
    }
  }

  void keepListening();
  return {
    async stop() {
      stopped = true;
      await client.sql.end({ timeout: 0 });
    },
  };
}
