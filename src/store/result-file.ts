import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../model/harness-error.ts';
import { type RunResult, runResultSchema, schemaVersion } from '../model/run-result.ts';
import { parseJsonText } from '../os/json-text.ts';
import { migrate } from './migrate.ts';

/**
 * Writes a result whole: to a new file beside it, synced, then renamed over, so that a reader or a crash never sees half.
 * Throws HarnessError disk-full when there is no room; the former file then still stands.
 */
export async function writeResult(path: string, result: RunResult): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(result)}\n`);
}

export async function writeFileAtomically(path: string, text: string | Uint8Array): Promise<void> {
  const fresh = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeSynced(fresh, text);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    throw asHarnessError(error, path);
  }
}

async function writeSynced(path: string, text: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function asHarnessError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new HarnessError(
      'disk-full',
      `no room left to write ${path}`,
      'free some space, then repeat it; a run that was under way keeps the trials before this one in its file',
      { cause: error },
    );
  }
  if (code !== undefined) {
    return new HarnessError(
      'cannot-measure',
      `cannot write ${path} (${code})`,
      'choose another place with --out FILE',
      { cause: error },
    );
  }
  return error;
}

/** Reads and checks a result file. Throws HarnessError bad-result-file that names the file, the field and the remedy. */
export async function readResult(path: string): Promise<RunResult> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new HarnessError(
      'bad-result-file',
      `cannot read ${path} (${error.code})`,
      'name a result file: `paceline list` shows those of this checkout',
    );
  });
  return parseResult(text, path);
}

export function parseResult(text: string, path: string): RunResult {
  const value = parseJson(text, path);
  const { schemaVersion: version, runId } = Object(value) as { schemaVersion?: unknown; runId?: unknown };
  if (typeof version !== 'number' || (version <= schemaVersion && typeof runId !== 'string'))
    throw notAResultFile(path);
  if (version > schemaVersion) {
    throw new HarnessError(
      'bad-result-file',
      `${path} has schema version ${version}; this paceline reads up to ${schemaVersion}`,
      'use a newer paceline to read it',
    );
  }
  const checked = runResultSchema.safeParse(migrate(value));
  if (checked.success) return checked.data;
  const [first] = checked.error.issues;
  const where = first?.path.join('.') || 'the top level';
  throw new HarnessError(
    'bad-result-file',
    `${path} is damaged: what stands at ${where} is not what a result of schema version ${version} has there (${first?.message})`,
    'take the file from its source again, or repeat the run',
  );
}

function notAResultFile(path: string): HarnessError {
  return new HarnessError(
    'bad-result-file',
    `${path} is JSON, but no result file of paceline (schema version 1 to ${schemaVersion})`,
    'name a file that `run` or `ci` wrote: `paceline list` shows those of this checkout',
  );
}

function parseJson(text: string, path: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw new HarnessError(
      'bad-result-file',
      `${path} is not whole JSON (truncated?): ${(error as Error).message}`,
      'take the file from its source again, or repeat the run',
      {
        cause: error,
      },
    );
  }
}

/** The published JSON Schema of a result file, generated from the zod source. */
export function resultJsonSchema(): unknown {
  return z.toJSONSchema(runResultSchema, { target: 'draft-2020-12', reused: 'ref' });
}
