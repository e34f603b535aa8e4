import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlGroups, processesOf } from '../../test/support/leftovers.ts';
import type { RunningPaceline, Workspace } from '../../test/support/paceline.ts';

/** What there is of paceline's at one moment between two trials. */
export interface Look {
  readonly minute: number;
  readonly number: number;
  readonly trial: number;
  readonly harnessMib: number;
  readonly descriptorCount: number;
  readonly processCount: number;
  readonly databaseCount: number;
  readonly groupCount: number;
  readonly fileCount: number;
}

export interface MemoryPoint {
  readonly trial: number;
  readonly harnessMib: number;
  /** Of the generator that has just sent the window; null: the trial had none. */
  readonly generatorMib: number | null;
}

export function lookAt(
  { pid }: RunningPaceline,
  space: Workspace,
  when: Pick<Look, 'minute' | 'number' | 'trial'>,
): Look {
  return {
    ...when,
    harnessMib: privateMib(pid),
    descriptorCount: readdirSync(`/proc/${pid}/fd`).length,
    processCount: processesOf(space.dir).length,
    databaseCount: databaseCount(space),
    groupCount: controlGroups(`paceline-${pid}-`).length,
    fileCount: filesBelow(space.tempDir, 1) + filesBelow(space.cacheDir, 6),
  };
}

/** Of the one that there is; null: none, or it has just ended. */
export function generatorMib(space: Workspace): number | null {
  const found = processesOf(space.dir).find((line) => line.includes('generator-process'));
  try {
    return found === undefined ? null : privateMib(Number.parseInt(found, 10));
  } catch {
    return null;
  }
}

export function privateMib(pid: number): number {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

/** Folders of the running server's, one for each database. */
function databaseCount({ tempDir }: Workspace): number {
  const name = readdirSync(tempDir).find((one) => one.startsWith('paceline-pg-'));
  return name === undefined ? 0 : readdirSync(join(tempDir, name, 'data', 'base')).length;
}

/** Without what Node has compiled, which it adds as it comes to more of paceline, and without links to folders that others use. */
function filesBelow(folder: string, depth: number): number {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter(({ name }) => name !== 'compiled' && !name.endsWith('.easy'))
    .reduce((sum, entry) => {
      const below = entry.isDirectory() && depth > 1 ? filesBelow(join(entry.parentPath, entry.name), depth - 1) : 0;
      return sum + 1 + below;
    }, 0);
}
