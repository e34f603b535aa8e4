import { readFile } from 'node:fs/promises';
import { type Waiver, waiversSchema } from '../model/gate-policy.ts';
import { HarnessError } from '../model/harness-error.ts';
import { parseJsonText } from '../os/json-text.ts';
import { writeFileAtomically } from './write-file.ts';

/** The waivers of a checked-in file; none where there is no such file. Throws HarnessError usage that names what is wrong. */
export async function readWaivers(path: string): Promise<Waiver[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]';
    throw wrongWaivers(path, error.message);
  });
  const checked = waiversSchema.safeParse(parsed(text, path));
  if (checked.success) return checked.data;
  const [first] = checked.error.issues;
  throw wrongWaivers(path, `${first?.path.join('.') || 'the top level'}: ${first?.message}`);
}

function parsed(text: string, path: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw wrongWaivers(path, (error as Error).message);
  }
}

function wrongWaivers(path: string, problem: string): HarnessError {
  return new HarnessError(
    'usage',
    `${path} does not hold waivers: ${problem}`,
    'a waiver is {"cell": "…", "reason": "…", "until": "2026-12-31"}; the file is a list of them',
  );
}

/** Adds a waiver, in place of a former one of the same cell. */
export async function addWaiver(path: string, waiver: Waiver): Promise<void> {
  const others = (await readWaivers(path)).filter(({ cell }) => cell !== waiver.cell);
  const all = [...others, waiver].sort((a, b) => (a.cell < b.cell ? -1 : 1));
  await writeFileAtomically(path, `${JSON.stringify(all, null, 2)}\n`);
}
