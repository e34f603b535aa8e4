import { type NamedVectorFile, readVectorFiles } from './contract-file.ts';
import type { Mismatch } from './matcher.ts';
import { isCheck, kindOf, type Step, type Variables } from './vector.ts';
import { startVectorRun, type VectorRun } from './vector-run.ts';

interface VectorOptions {
  readonly baseUrl: string;
  readonly vectorsDir: string;
  /** What the service gives: seeded names and ids, and the target's environment by its names. */
  readonly variables: Variables;
  readonly signal: AbortSignal;
  /** How many files are run at a time. */
  readonly concurrencyCount?: number;
}

export interface VectorFailure {
  readonly file: string;
  readonly vector: string;
  /** Its number from 1 and what it does. */
  readonly step: string;
  readonly expected: string;
  readonly got: string;
}

export interface VectorsResult {
  /** Expectations looked at, held or not; a vector ends at its first that does not hold. */
  readonly checkCount: number;
  readonly failures: readonly VectorFailure[];
}

/**
 * Runs every vector of the folder against a running target: files side by side, the vectors of one in their order, the
 * files marked exclusive alone at the end. Throws for broken vector files and an abort; whatever the target does is data.
 */
export async function runVectors(options: VectorOptions): Promise<VectorsResult> {
  const files = await readVectorFiles(options.vectorsDir);
  const report = { checkCount: 0, failures: [] as VectorFailure[] };
  const waiting = files.filter(({ exclusive }) => !exclusive);
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await runFile(file, options, report);
  };
  await Promise.all(Array.from({ length: options.concurrencyCount ?? 4 }, work));
  for (const file of files.filter(({ exclusive }) => exclusive)) await runFile(file, options, report);
  report.failures.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  return report;
}

interface Counters {
  checkCount: number;
  readonly failures: VectorFailure[];
}

async function runFile(file: NamedVectorFile, options: VectorOptions, tally: Counters): Promise<void> {
  const setup = startVectorRun(options);
  const ready = await runSteps(setup, file.setup, { file: file.file, vector: '(setup)' }, tally);
  setup.close();
  if (!ready) return;
  for (const vector of file.vectors) {
    const run = startVectorRun({ ...options, variables: setup.variables });
    await runSteps(run, vector.steps, { file: file.file, vector: vector.name }, tally);
    run.close();
  }
}

async function runSteps(
  run: VectorRun,
  steps: readonly Step[],
  place: { readonly file: string; readonly vector: string },
  tally: Counters,
): Promise<boolean> {
  for (const [index, step] of steps.entries()) {
    if (isCheck(step)) tally.checkCount += 1;
    const found = await attempt(run, step);
    if (found === null) continue;
    const { at, expected, got } = found;
    const label = `${index + 1} ${describeStep(step)}`;
    tally.failures.push({ ...place, step: label, expected: `${at}: ${expected}`, got });
    return false;
  }
  return true;
}

/** A target that hangs up or talks nonsense fails the step; an abort is thrown on. */
async function attempt(run: VectorRun, step: Step): Promise<Mismatch | null> {
  try {
    return await run.perform(step);
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    return { at: 'step', expected: 'an answer', got: (error as Error).message };
  }
}

function describeStep(step: Step): string {
  const kind = kindOf(step) ?? '';
  const request = 'request' in step ? step.request : 'poll' in step ? step.poll : null;
  if ('raw' in step) return `${kind} ${JSON.stringify(step.raw.lines[0])}`;
  return request === null ? kind : `${kind} ${request.method} ${request.path}`;
}
