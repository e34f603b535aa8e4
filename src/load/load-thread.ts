import { parentPort } from 'node:worker_threads';
import { createLoadHost } from './load-host.ts';

/* One of several sending threads of the generator's process. */
if (parentPort === null) throw new Error('load-thread.ts runs as a worker thread');
const port = parentPort;
const host = createLoadHost((message) => port.postMessage(message));
port.on('message', host);
