import { stat } from 'node:fs/promises';
import { HarnessError } from '../model/harness-error.ts';
import type { RunResult } from '../model/run-result.ts';
import { readResult } from './result-file.ts';
import { listResults } from './result-list.ts';

/** The results of a file, or of every result file below a folder, oldest first. Throws HarnessError bad-result-file. */
export async function readResults(path: string): Promise<RunResult[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? readFolder(path) : [await readResult(path)];
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
    throw new HarnessError('bad-result-file', problem ?? file, `mend it, or move ${file} elsewhere`);
  });
}
