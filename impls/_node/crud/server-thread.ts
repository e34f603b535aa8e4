import { parentPort, Worker } from 'node:worker_threads';
import type { Config } from './config.ts';
import type { Server } from './supervisor.ts';

/** Starts the program again in a worker thread, with that share as its `workerData`. */
export function startServerThread(program: string, share: Config): Server {
  const thread = new Worker(new URL(program), { workerData: share });
  const { promise: ended, resolve } = Promise.withResolvers<boolean>();
  let hasListened = false;
  thread.once('message', () => {
    hasListened = true;
  });
  thread.on('error', (error) => process.stderr.write(`a server died: ${error}\n`));
  thread.once('exit', () => resolve(hasListened));
  return { ended, stop: () => thread.postMessage('stop') };
}

/** The thread's side: says that it listens, and ends when it is asked to. */
export function stopWhenAsked(service: { close(): Promise<unknown> }): void {
  parentPort?.once('message', async () => {
    await service.close();
    process.exit();
  });
  parentPort?.postMessage('listening');
}
