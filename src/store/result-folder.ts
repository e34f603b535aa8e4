import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNamePart } from '../model/foreign-text.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { RunResult } from '../model/run-result.ts';

/** The results of a file, or of every result file below a folder, oldest first. Throws HarnessError bad-result-file. */
export async function readResults(path: string): Promise<RunResult[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? readFolder(path) : [await read(path)];
}

/** One file that cannot be read spoils the folder: a comparison without it would be another one. */
async function readFolder(path: string): Promise<RunResult[]> {
  const listed = await listResults(path);
  if (listed.length === 0) {
    throw new HarnessError(
      'bad-result-file',
      `there is no result file below ${path}`,
      'name a file or a folder with one',
    );
  }
  return listed.map(({ result, problem, path: file }) => {
    if (result !== null) return result;
    throw new HarnessError('bad-result-file', problem ?? file, `fix it, or move ${file} elsewhere`);
  });
}

export interface ListedResult {
  readonly path: string;
  /** null when the file cannot be read; `problem` says why. */
  readonly result: RunResult | null;
  readonly problem: string | null;
}

/** All result files below a folder, oldest first. */
export async function listResults(folder: string): Promise<ListedResult[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  const listed = await Promise.all(paths.sort().map(listOne));
  return listed.sort((a, b) => (a.result?.startedAt ?? '').localeCompare(b.result?.startedAt ?? ''));
}

async function listOne(path: string): Promise<ListedResult> {
  try {
    return { path, result: await read(path), problem: null };
  } catch (error) {
    return { path, result: null, problem: (error as Error).message };
  }
}

/** What a result is made of takes long to load, and `load` looks into a folder that has none as a rule. */
async function read(path: string): Promise<RunResult> {
  return (await import('./result-file.ts')).readResult(path);
}

/** results/<machine>/<utc>-<commit>-<scenario>.json */
export function resultPath(
  folder: string,
  result: Pick<RunResult, 'machine' | 'startedAt' | 'commit' | 'scenario'>,
): string {
  const utc = result.startedAt.replaceAll(/[-:]/g, '').replace(/\.\d+Z$/, 'Z');
  const commit =
    result.commit === null
      ? 'nocommit'
      : `${fileNamePart(result.commit.sha.slice(0, 8))}${result.commit.dirty ? '+' : ''}`;
  const name = `${fileNamePart(utc)}-${commit}-${fileNamePart(result.scenario.id)}.json`;
  return join(folder, fileNamePart(result.machine.id), name);
}

/** The newest complete result of a scenario in one machine's folder; what cannot be read is passed over. */
export async function newestResult(folder: string, scenario: string): Promise<RunResult | null> {
  const names = await readdir(folder).catch(() => []);
  // The names begin with the time.
  for (const name of names
    .filter((one) => one.endsWith(`-${scenario}.json`))
    .sort()
    .reverse()) {
    const { result } = await listOne(join(folder, name));
    if (result?.state === 'complete') return result;
  }
  return null;
}
