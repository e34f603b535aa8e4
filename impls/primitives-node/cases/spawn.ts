import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { counted, type TimedCase } from '../timed-case.ts';

export const cases = { promise, immediate, worker, process: childProcess };

function promise(): TimedCase {
  let counter = 0;
  const unit = async () => {
    counter += 1;
  };
  return {
    isAsync: true,
    async run(count) {
      for (let index = 0; index < count; index += 1) await unit();
    },
    finish: counted(() => counter),
  };
}

function immediate(): TimedCase {
  let counter = 0;
  const start = (done: () => void) => {
    setImmediate(() => {
      counter += 1;
      done();
    });
  };
  return {
    isAsync: true,
    async run(count) {
      for (let index = 0; index < count; index += 1) await new Promise<void>(start);
    },
    finish: counted(() => counter),
  };
}

/** The unit is plain JavaScript: stripping types at each start would be part of what is measured. */
const workerFile = new URL('../units/count-in-worker.mjs', import.meta.url);

function worker(): TimedCase {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  return {
    isAsync: true,
    async run(count) {
      for (let index = 0; index < count; index += 1)
        await once(new Worker(workerFile, { workerData: counter }), 'exit');
    },
    finish: counted(() => Atomics.load(counter, 0)),
  };
}

const childFile = new URL('../units/count-in-child.mjs', import.meta.url);
/** How a child says that it has counted. */
const countedCode = 42;

function childProcess(): TimedCase {
  let counter = 0;
  return {
    isAsync: true,
    async run(count) {
      for (let index = 0; index < count; index += 1) {
        const [exitCode] = await once(fork(childFile, { execArgv: [] }), 'exit');
        if (exitCode === countedCode) counter += 1;
      }
    },
    finish: counted(() => counter),
  };
}
