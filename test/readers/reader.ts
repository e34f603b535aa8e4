import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { guarded } from '../../src/cli/output.ts';
import { HarnessError } from '../../src/model/harness-error.ts';

/** One kind of input that others may have written, and how paceline reads it. */
export interface Reader {
  readonly id: string;
  readonly inputs: fc.Arbitrary<Buffer>;
  /** So many in `npm test`. */
  readonly count: number;
  /**
   * Reads it as the commands do, from files that it writes into the folder. Throws HarnessError for what is refused, any other error for
   * what must not be: the value that came of it is checked here.
   */
  read(input: Buffer, folder: string): Promise<void>;
}

export interface Tried {
  readonly reader: Reader;
  readonly seed: number;
  readonly acceptedCount: number;
  readonly refusedCount: number;
  /** null: every input was accepted or refused as it should be. */
  readonly failure: { readonly input: Buffer; readonly problem: string } | null;
}

/** Draws so many inputs from the seed and reads each; a failure is shrunk. */
export async function tryReader(reader: Reader, count: number, seed: number): Promise<Tried> {
  const folder = mkdtempSync(join(tmpdir(), 'paceline-readers-'));
  let [acceptedCount, refusedCount] = [0, 0];
  let problem = '';
  const property = fc.asyncProperty(reader.inputs, async (input) => {
    const outcome = await outcomeOf(reader, input, folder);
    if (outcome.kind === 'accepted') acceptedCount += 1;
    if (outcome.kind === 'refused') refusedCount += 1;
    if (outcome.kind !== 'wrong') return true;
    problem = outcome.problem;
    return false;
  });
  try {
    const { counterexample } = await fc.check(property, { numRuns: count, seed });
    const failure = counterexample === null ? null : { input: counterexample[0], problem };
    return { reader, seed, acceptedCount, refusedCount, failure };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wrong'; readonly problem: string };

export async function outcomeOf(reader: Reader, input: Buffer, parent: string): Promise<Outcome> {
  const folder = mkdtempSync(join(parent, 'input-'));
  const refused = await reader.read(input, folder).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  rmSync(folder, { recursive: true, force: true });
  const added = Object.keys(Object.prototype);
  if (added.length > 0) return { kind: 'wrong', problem: `every object now has ${added.join(', ')}` };
  if (refused === null) return { kind: 'accepted' };
  const problem = problemWith(refused.error);
  return problem === null ? { kind: 'refused' } : { kind: 'wrong', problem };
}

/** A whole screen, and more than any list of mistakes needs. */
const maxRefusalLength = 40_000;
const acting = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}]/u;
const insides = /\n\s+at .*:\d+:\d+|\[object \w+\]|Cannot (read|convert)|is not (a function|iterable)/;

/** What is wrong with a refusal, as the command line prints it; null: nothing. */
function problemWith(error: unknown): string | null {
  if (!(error instanceof HarnessError)) return `not refused, thrown: ${(error as Error)?.stack ?? String(error)}`;
  let printed = '';
  const screen = guarded({
    write(text: string) {
      printed += text;
    },
  });
  screen.print(`paceline: ${error.message}\nRemedy: ${error.remedy}\n`);
  if (error.remedy === '' || error.message === '') return 'a refusal without its reason or remedy';
  if (acting.test(printed)) return `characters that act on a terminal: ${JSON.stringify(acting.exec(printed)?.[0])}`;
  if (insides.test(printed)) return `the inside of paceline: ${insides.exec(printed)?.[0]} in ${printed.slice(0, 500)}`;
  return printed.length > maxRefusalLength ? `${printed.length} characters of refusal` : null;
}

const corpusFolder = resolve(import.meta.dirname, '..', 'fixtures', 'readers');

/** Inputs that once were read wrongly, by their names. */
export function corpusOf({ id }: Reader): readonly { readonly name: string; readonly input: Buffer }[] {
  const folder = join(corpusFolder, id);
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // None was.
  }
  return names.sort().map((name) => ({ name, input: readFileSync(join(folder, name)) }));
}

/** Where a failure is kept. */
export function corpusPath({ id }: Reader, input: Buffer): string {
  return join(corpusFolder, id, createHash('sha256').update(input).digest('hex').slice(0, 12));
}
