import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { HarnessError } from '../model/harness-error.ts';
import { type RunResult, runResultSchema, schemaVersion } from '../model/run-result.ts';
import { parseJsonText } from '../os/json-text.ts';
import { migrate } from './migrate.ts';
import { writeFileAtomically } from './write-file.ts';

/** Writes a result whole. Throws HarnessError disk-full when there is no room; the former file then still stands. */
export async function writeResult(path: string, result: RunResult): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(result)}\n`);
}

/** Reads and checks a result file, plain or compressed (`.json.gz`). Throws HarnessError bad-result-file that names the file, the field and the remedy. */
export async function readResult(path: string): Promise<RunResult> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new HarnessError(
      'bad-result-file',
      `cannot read ${path} (${error.code})`,
      'name a result file: `paceline list` shows those of this checkout',
    );
  });
  return parseResult((path.endsWith('.gz') ? unpacked(bytes, path) : bytes).toString('utf8'), path);
}

/** Far above any result; a file that claims more is none. */
const maxUnpackedBytes = 2 ** 28;

function unpacked(bytes: Buffer, path: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes });
  } catch (error) {
    throw new HarnessError(
      'bad-result-file',
      `${path} cannot be unpacked (truncated?): ${(error as Error).message}`,
      'take the file from its source again, or repeat the run',
      { cause: error },
    );
  }
}

function parseResult(text: string, path: string): RunResult {
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
