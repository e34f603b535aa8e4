import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { endChildren, otherProcessesOf, startChildren } from '../children.ts';
import { counted, type TimedCase } from '../timed-case.ts';

export const cases = { promise, 'message-port': messagePort, atomics, piscina, ipc, socket };

type Ask = (value: number) => Promise<number>;

const unitFile = (name: string) => new URL(`../units/${name}.mjs`, import.meta.url);

/** Counts the answers that are right. */
function asking(ask: Ask, rest: Pick<TimedCase, 'others'> & { putAway(): unknown }): TimedCase {
  let rightCount = 0;
  return {
    isAsync: true,
    async run(count) {
      for (let value = 0; value < count; value += 1) if ((await ask(value)) === value + 1) rightCount += 1;
    },
    finish: counted(() => rightCount, rest.putAway),
    ...(rest.others === undefined ? {} : { others: rest.others }),
  };
}

interface Question {
  readonly value: number;
  answer(value: number): void;
}

function promise(): TimedCase {
  let deliver: (question: Question) => void = () => {};
  const next = () =>
    new Promise<Question>((resolve) => {
      deliver = resolve;
    });
  const partner = async () => {
    for (;;) {
      const { value, answer } = await next();
      answer(value + 1);
    }
  };
  void partner();
  return asking((value) => new Promise((answer) => deliver({ value, answer })), { putAway() {} });
}

async function messagePort(): Promise<TimedCase> {
  const worker = new Worker(unitFile('echo-port-worker'));
  await once(worker, 'message');
  let answered: (value: number) => void = () => {};
  worker.on('message', (value: number) => answered(value));
  const ask: Ask = (value) =>
    new Promise((resolve) => {
      answered = resolve;
      worker.postMessage(value);
    });
  return asking(ask, { putAway: () => worker.terminate() });
}

async function atomics(): Promise<TimedCase> {
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(unitFile('echo-atomics-worker'), { workerData: cells });
  await once(worker, 'message');
  let rightCount = 0;
  return {
    isAsync: false,
    run(count) {
      for (let value = 0; value < count; value += 1) {
        Atomics.store(cells, 1, value);
        Atomics.store(cells, 0, 1);
        Atomics.notify(cells, 0);
        // Looked at again after each waking: a notification may be for the turn before.
        while (Atomics.load(cells, 0) !== 0) Atomics.wait(cells, 0, 1);
        if (Atomics.load(cells, 1) === value + 1) rightCount += 1;
      }
    },
    finish: counted(
      () => rightCount,
      () => worker.terminate(),
    ),
  };
}

async function piscina(): Promise<TimedCase> {
  const pool = new Piscina({ filename: unitFile('add-one').href, name: 'addOne', minThreads: 1, maxThreads: 1 });
  await pool.run(0);
  return asking((value) => pool.run(value), { putAway: () => pool.destroy() });
}

async function ipc(): Promise<TimedCase> {
  const [child] = await startChildren(unitFile('echo-child'), 1);
  if (child === undefined) throw new Error('no child');
  let answered: (value: number) => void = () => {};
  child.on('message', (value) => {
    if (typeof value === 'number') answered(value);
  });
  const ask: Ask = (value) =>
    new Promise((resolve) => {
      answered = resolve;
      child.send(value);
    });
  return asking(ask, { others: otherProcessesOf([child]), putAway: () => endChildren([child]) });
}

async function socket(): Promise<TimedCase> {
  const child = fork(unitFile('echo-socket-child'), { execArgv: [] });
  const [{ port }] = await once(child, 'message');
  const connection = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(connection, 'connect');
  const putAway = async () => {
    connection.destroy();
    await endChildren([child]);
  };
  return asking(askOver(connection), { others: otherProcessesOf([child]), putAway });
}

/** Four bytes there, four back; loopback never splits them, but a rest is waited for all the same. */
function askOver(connection: Socket): Ask {
  let answered: (value: number) => void = () => {};
  let rest: Buffer = Buffer.alloc(0);
  connection.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (rest.length < 4) return;
    const value = rest.readInt32LE(0);
    rest = rest.subarray(4);
    answered(value);
  });
  return (value) =>
    new Promise((resolve) => {
      answered = resolve;
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeInt32LE(value);
      connection.write(bytes);
    });
}
