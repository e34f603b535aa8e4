import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HarnessError } from '../../src/model/harness-error.ts';
import { Interruption } from '../../src/os/interruption.ts';
import { recordingsDir } from '../../src/run/paths.ts';
import { type ResolutionRecording, readRecording } from './recording.ts';

/** Runs a command: an error of the user is one message and its remedy, and the exit code. */
export async function reported(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interruption) {
    process.stderr.write(`${error.message}: finished rounds are kept, and the same command goes on\n`);
    return error.exitCode;
  }
  if (!(error instanceof HarnessError)) throw error;
  process.stderr.write(`${error.message}\nremedy: ${error.remedy}\n`);
  return error.exitCode;
}

/** Paths, and flags that each take a positive number. */
export function readArguments<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
  command: string,
): { readonly paths: readonly string[]; readonly numbers: Readonly<Record<Name, number>> } {
  const flags = Object.entries<number>(defaults).map(([name, value]) => ({ name, value }));
  const usage = `npm run ${command} -- [PATH…] ${flags.map(({ name, value }) => `[--${name} ${value}]`).join(' ')}`;
  const options = Object.fromEntries(
    flags.map(({ name, value }) => [name, { type: 'string' as const, default: String(value) }]),
  );
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const numbers = Object.fromEntries(flags.map(({ name }) => [name, Number(values[name])]));
    const wrong = flags.find(({ name }) => !((numbers[name] ?? 0) > 0));
    if (wrong !== undefined) throw new Error(`--${wrong.name} "${values[wrong.name]}" is no positive number`);
    return { paths: positionals, numbers: numbers as Record<Name, number> };
  } catch (error) {
    throw new HarnessError('usage', (error as Error).message, usage);
  }
}

/** Of files and folders; none named: all of results/recordings. */
export async function recordingsAt(paths: readonly string[]): Promise<ResolutionRecording[]> {
  const files = (await Promise.all((paths.length > 0 ? paths : [recordingsDir]).map(filesAt))).flat().sort();
  if (files.length > 0) return Promise.all(files.map(readRecording));
  const where = paths.length > 0 ? paths.join(' ') : 'results/recordings';
  const remedy = 'make one: npm run record -- slices --impl A,B,C';
  throw new HarnessError('cannot-measure', `there is no recording in ${where}`, remedy);
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null) return path === recordingsDir ? [] : [path];
  if (!found.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => name.endsWith('.jsonl.gz')).map((name) => join(path, name));
}
