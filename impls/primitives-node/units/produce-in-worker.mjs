import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ count, first }) => {
  for (let value = first; value < first + count; value += 1) parentPort.postMessage(value);
});
parentPort.postMessage('ready');
