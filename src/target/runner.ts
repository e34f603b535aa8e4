import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { primitiveCheckSchema, primitiveSampleSchema } from '../model/primitive.ts';
import { type ExitStatus, type StartOptions, spawnTarget, supervise } from './process.ts';

/** A program that prints its results as lines of standard output: bench/primitives/contract.md. */
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

type RunnerOptions = Omit<StartOptions, 'onOutput' | 'port'> & { readonly port: number };

/** Output beyond this without a line's end is no protocol. */
const maxLineBytes = 64 * 2 ** 20;

/** null where not even the shell could be started. */
export function startRunner(options: RunnerOptions): Runner | null {
  options.signal.throwIfAborted();
  const lines = createLineQueue();
  const child = spawnTarget({ ...options, onOutput: lines.add }, options.port);
  const supervised = supervise(child, { ...options, onOutput: lines.add });
  if (child.pid === undefined) return null;
  options.onStarted?.(child.pid);
  ignoreBrokenPipe(child.stdin);
  const ended = supervised.died.then(async (status) => {
    await Promise.race([supervised.closed, sleep(drainMs, undefined, { ref: false })]);
    lines.end();
    return status;
  });
  return {
    pid: child.pid,
    nextLine: lines.next,
    send: (line) => child.stdin?.write(`${line}\n`),
    ended,
    logTail: () => supervised.log.text(),
    async kill() {
      child.stdin?.destroy();
      await supervised.kill();
    },
  };
}

/** A child that left the group may hold the pipe open for ever. */
const drainMs = 500;

/** A runner that has ended does not read what is sent to it. */
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
      if (partBytes > maxLineBytes) {
        parts = [];
        partBytes = 0;
      }
    },
    end() {
      if (ended) return;
      ended = true;
      // A line cut short is passed on like any other; its reader rejects it.
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

const positiveOrNull = z.int().positive().nullable();
const caseFields = { primitive: z.string(), variant: z.string(), size: z.int().nonnegative().nullable() };

/** A line that a primitives runner prints: bench/primitives/contract.md, sections 1 to 4. */
const runnerLineSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ready'),
    doneCount: z.int().nonnegative(),
    osThreadCount: positiveOrNull,
    processCount: positiveOrNull,
  }),
  z.strictObject({
    type: z.literal('time'),
    ...caseFields,
    tool: z.string().min(1),
    samples: z.array(primitiveSampleSchema).min(1),
    emptyLoop: z.array(primitiveSampleSchema),
    clockStepNs: z.number().positive(),
    warmupOperationCount: z.int().nonnegative(),
    osThreadCount: positiveOrNull,
    processCount: positiveOrNull,
    check: primitiveCheckSchema,
  }),
  z.strictObject({ type: z.literal('memory'), ...caseFields, check: primitiveCheckSchema }),
  z.strictObject({ type: z.literal('unsupported'), reason: z.string().min(1) }),
]);

export type RunnerLine = z.infer<typeof runnerLineSchema>;
export type TimeLine = Extract<RunnerLine, { type: 'time' }>;

/** The line as the contract knows it, or what is wrong with it in a sentence. */
export function parseRunnerLine(text: string): RunnerLine | string {
  const value = parseJson(text);
  if (value === undefined) return `a line is not whole JSON: ${shortened(text)}`;
  const checked = runnerLineSchema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  return `a line breaks the contract: ${issue?.path.join('.') || 'the whole line'}: ${issue?.message}: ${shortened(text)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 120)}… (${text.length} characters)`;
}
