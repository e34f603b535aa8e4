import { parentPort } from 'node:worker_threads';
import { createLoadHost, openSession } from './load-host.ts';

/* One of several sending threads of the generator's process. */
if (parentPort === null) throw new Error('load-thread.ts runs as a worker thread');
const port = parentPort;
port.on(
  'message',
  createLoadHost(openSession, (message) => port.postMessage(message)),
);
