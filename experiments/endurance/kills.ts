import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../../test/support/leftovers.ts';
import {
  echoRun,
  makeWorkspace,
  paceline,
  removeWorkspace,
  startPaceline,
  type Workspace,
} from '../../test/support/paceline.ts';

/** `npm run kills -- --count 200`: kills runs at random moments; is each file whole, and the next run clean? */

const { values } = parseArgs({ options: { count: { type: 'string', default: '200' } } });
const count = Number(values.count);
/** What a run of three trials takes, and a little more: some kills find it ended. */
const longestMs = 9_000;

interface Tally {
  readonly killCount: number;
  readonly endedBeforeCount: number;
  readonly withResultCount: number;
  readonly tornCount: number;
  readonly dirtyCount: number;
}

/** One run killed, or ended before its moment came. */
async function kill(space: Workspace, index: number, tally: Tally): Promise<Tally> {
  const out = space.file(`${index}.json`);
  const running = startPaceline(echoRun(['echo'], out, '--trials', '3'), space);
  await Promise.race([running.finished, sleep(Math.random() * longestMs)]);
  running.signal('SIGKILL');
  const { exitCode } = await running.finished;
  const files = readdirSync(space.dir).filter((name) => name.startsWith(`${index}.json`));
  const isWhole = await wholeness(files.map((name) => join(space.dir, name)));
  const next = await paceline(echoRun(['echo'], space.file('next.json')), space);
  const left = leftovers(running.pid, space);
  if (left.length > 0 || next.exitCode === 4)
    process.stdout.write(`kill ${index}: ${left.join(', ')}\n${next.stderr}\n`);
  return {
    killCount: tally.killCount + Number(exitCode === null),
    endedBeforeCount: tally.endedBeforeCount + Number(exitCode !== null),
    withResultCount: tally.withResultCount + Number(files.includes(`${index}.json`)),
    tornCount: tally.tornCount + Number(!isWhole),
    dirtyCount: tally.dirtyCount + Number(left.length > 0 || next.exitCode === 4),
  };
}

/** Every file that a run left under its name is a result that can be read. */
async function wholeness(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const readable = path.endsWith('.json') && (await readResult(path).then(Boolean, () => false));
    if (!readable) {
      process.stdout.write(`torn or foreign: ${path}\n`);
      return false;
    }
  }
  return true;
}

const space = await makeWorkspace();
let tally: Tally = { killCount: 0, endedBeforeCount: 0, withResultCount: 0, tornCount: 0, dirtyCount: 0 };
try {
  for (let index = 1; tally.killCount < count; index += 1) {
    tally = await kill(space, index, tally);
    if (index % 10 === 0) process.stdout.write(`${tally.killCount} of ${count} kills\n`);
  }
} finally {
  await removeWorkspace(space);
}
process.stdout.write(`${tally.killCount} kills at random moments (${tally.endedBeforeCount} more runs ended before theirs)
${tally.withResultCount} had written a result by then; torn: ${tally.tornCount}
next runs that left or found something broken: ${tally.dirtyCount}
`);
process.exitCode = tally.tornCount + tally.dirtyCount === 0 ? 0 : 1;
