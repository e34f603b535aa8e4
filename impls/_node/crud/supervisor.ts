import { setTimeout as delay } from 'node:timers/promises';

/** A server in a thread or process of its own. */
export interface Server {
  /** Asks it to finish and end. */
  stop(): void;
  /** Resolves when it has ended, with whether it ever came to listen. */
  readonly ended: Promise<boolean>;
}

export interface Supervisor {
  /** Resolves when all servers have ended. */
  stop(): Promise<void>;
}

const restartMs = 500;

/** Keeps `count` servers running: starts another for one that died. Ends the program where one never comes to listen at all. */
export function supervise(count: number, start: () => Server): Supervisor {
  const running = new Set<Server>();
  let stopping = false;

  async function keepOne(): Promise<void> {
    let hasListened = false;
    while (!stopping) {
      const server = start();
      running.add(server);
      hasListened = (await server.ended) || hasListened;
      running.delete(server);
      if (stopping) return;
      if (!hasListened) return giveUp();
      await delay(restartMs);
    }
  }

  function giveUp(): void {
    void stop().then(() => process.exit(1));
  }

  async function stop(): Promise<void> {
    stopping = true;
    for (const server of running) server.stop();
    await Promise.all(keepers);
  }

  const keepers = Array.from({ length: count }, keepOne);
  return { stop };
}
