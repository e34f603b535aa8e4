import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { replaceFileSync } from '../os/replace-file.ts';

const targetMs = 100;
const calibrationCount = 5;
const calibrationRounds = 2_000_000;

const referenceSchema = z.strictObject({
  /** The machine and the runtime: another one's reference says nothing. */
  key: z.string(),
  roundCount: z.int().positive(),
  /** The fastest spin this machine has shown. */
  durationMs: z.number().positive(),
});

type Reference = z.infer<typeof referenceSchema>;

interface SlowdownOptions {
  /** Where this machine's reference is kept between runs. */
  readonly referencePath: string;
  readonly machineId: string;
  readonly nowMs?: () => number;
  /** Does a number of rounds of work that depends on nothing but the core. */
  readonly work?: (roundCount: number) => void;
}

/**
 * How long about 100 ms of fixed work takes now ÷ the fastest it ever took on this machine: 1 is quiet; more means a
 * neighbour, a thief of the hypervisor or a slower clock. Without a reference it first makes one (about 0.6 s). A reference
 * taken on a busy machine corrects itself, as any faster spin replaces it.
 */
export function slowdownFactor({ referencePath, machineId, nowMs = now, work = spin }: SlowdownOptions): number {
  const key = `${machineId} node ${process.version}`;
  const measure = (roundCount: number) => durationMs(roundCount, work, nowMs);
  // Compiles the loop, so that the measured call is all of one kind.
  measure(calibrationRounds);
  const known = readReference(referencePath, key) ?? calibrate(key, measure);
  const tookMs = measure(known.roundCount);
  writeReference(referencePath, { ...known, durationMs: Math.min(known.durationMs, tookMs) });
  return tookMs / known.durationMs;
}

function calibrate(key: string, measure: (roundCount: number) => number): Reference {
  const fastestMs = fastest(() => measure(calibrationRounds));
  const roundCount = Math.max(1, Math.round((calibrationRounds * targetMs) / fastestMs));
  return { key, roundCount, durationMs: fastest(() => measure(roundCount)) };
}

function fastest(measure: () => number): number {
  return Math.min(...Array.from({ length: calibrationCount }, measure));
}

function durationMs(roundCount: number, work: (roundCount: number) => void, nowMs: () => number): number {
  const startMs = nowMs();
  work(roundCount);
  return nowMs() - startMs;
}

function now(): number {
  return performance.now();
}

/** Integer arithmetic in which each step needs the one before: no memory, nothing to run in parallel. */
function spin(roundCount: number): void {
  let word = 1;
  for (let round = 0; round < roundCount; round++) word = (Math.imul(word, 1664525) + 1013904223) ^ (word >>> 15);
  // Never so; but the loop now has a use and stays.
  if (word === Number.POSITIVE_INFINITY) throw new Error('an integer is infinite');
}

function readReference(path: string, key: string): Reference | null {
  try {
    const reference = referenceSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return reference.key === key ? reference : null;
  } catch {
    return null;
  }
}

function writeReference(path: string, reference: Reference): void {
  mkdirSync(dirname(path), { recursive: true });
  // Two runs may write at once.
  replaceFileSync(path, `${JSON.stringify(reference)}\n`);
}
