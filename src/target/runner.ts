import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExitStatus, type StartOptions, spawnTarget, watch } from './process.ts';

/** A program that tells its results in lines of standard output: bench/primitives/contract.md. */
export interface Runner {
  readonly pid: number;
  /** The next line; null when there will be none. */
  nextLine(): Promise<string | null>;
  send(line: string): void;
  /** After its output has been read to the end. */
  readonly ended: Promise<ExitStatus>;
  logTail(): string;
  /** Its whole process group, and what `killAll` reaches. */
  kill(): Promise<void>;
}

export type RunnerOptions = Omit<StartOptions, 'onOutput' | 'port'> & { readonly port: number };

/** Output beyond this without a line's end is no protocol. */
const longestLineBytes = 64 * 2 ** 20;

/** null where not even the shell could be started. */
export function startRunner(options: RunnerOptions): Runner | null {
  options.signal.throwIfAborted();
  const lines = createLineQueue();
  const child = spawnTarget({ ...options, onOutput: lines.add }, options.port);
  const watched = watch(child, { ...options, onOutput: lines.add });
  if (child.pid === undefined) return null;
  options.onStarted?.(child.pid);
  ignoreBrokenPipe(child.stdin);
  const ended = watched.died.then(async (status) => {
    await Promise.race([watched.closed, sleep(drainMs, undefined, { ref: false })]);
    lines.end();
    return status;
  });
  return {
    pid: child.pid,
    nextLine: lines.next,
    send: (line) => child.stdin?.write(`${line}\n`),
    ended,
    logTail: () => watched.log.text(),
    async kill() {
      child.stdin?.destroy();
      await watched.kill();
    },
  };
}

/** A child that left the group may hold the pipe open for ever. */
const drainMs = 500;

/** A runner that has ended does not read what it is told. */
function ignoreBrokenPipe(stdin: Writable | null): void {
  stdin?.on('error', () => {});
}

interface LineQueue {
  add(chunk: Buffer): void;
  end(): void;
  next(): Promise<string | null>;
}

function createLineQueue(): LineQueue {
  const ready: string[] = [];
  const waiting: ((line: string | null) => void)[] = [];
  let parts: Buffer[] = [];
  let partBytes = 0;
  let ended = false;
  const push = (line: string) => {
    if (line.trim() === '') return;
    const first = waiting.shift();
    if (first === undefined) ready.push(line);
    else first(line);
  };
  return {
    add(chunk) {
      const [head = '', ...rest] = chunk.toString('latin1').split('\n');
      parts.push(Buffer.from(head, 'latin1'));
      partBytes += head.length;
      for (const piece of rest) {
        push(Buffer.concat(parts).toString('utf8'));
        parts = [Buffer.from(piece, 'latin1')];
        partBytes = piece.length;
      }
      if (partBytes > longestLineBytes) {
        parts = [];
        partBytes = 0;
      }
    },
    end() {
      if (ended) return;
      ended = true;
      // A line cut short is told like any other, and refused for what it is.
      push(Buffer.concat(parts).toString('utf8'));
      for (const take of waiting.splice(0)) take(null);
    },
    next() {
      const line = ready.shift();
      if (line !== undefined) return Promise.resolve(line);
      return ended ? Promise.resolve(null) : new Promise((take) => waiting.push(take));
    },
  };
}
