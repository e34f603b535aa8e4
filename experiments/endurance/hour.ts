import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { processesOf } from '../../test/support/leftovers.ts';
import {
  makeWorkspace,
  type RunningPaceline,
  removeWorkspace,
  shareConformance,
  startPaceline,
  type Workspace,
} from '../../test/support/paceline.ts';

/** `npm run hour -- --minutes 60`: one run of smoke trials for so long; does anything of paceline's grow? */

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' } } });
const minutes = Number(values.minutes);
const implementations = ['crud-node-async', 'crud-go', 'crud-python-asyncio'];

interface Look {
  readonly minute: number;
  readonly trialCount: number;
  readonly residentMib: number;
  readonly descriptorCount: number;
  readonly processCount: number;
  readonly databaseFolderCount: number;
  readonly temporaryCount: number;
}

function lookAt(running: RunningPaceline, space: Workspace, minute: number, trialCount: number): Look {
  const status = readFileSync(`/proc/${running.pid}/status`, 'utf8');
  const data = readdirSync(space.tempDir).find((name) => name.startsWith('paceline-pg-'));
  const base = data === undefined ? null : join(space.tempDir, data, 'data', 'base');
  return {
    minute,
    trialCount,
    residentMib: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
    descriptorCount: readdirSync(`/proc/${running.pid}/fd`).length,
    processCount: processesOf(space.dir).length,
    databaseFolderCount: base === null ? 0 : readdirSync(base).length,
    temporaryCount: readdirSync(space.tempDir).length,
  };
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

function print({ minute, trialCount, residentMib, ...counts }: Look): void {
  const { descriptorCount, processCount, databaseFolderCount, temporaryCount } = counts;
  const cells = [minute, trialCount, residentMib.toFixed(1)];
  process.stdout.write(`${row([...cells, descriptorCount, processCount, databaseFolderCount, temporaryCount])}\n`);
}

/** Looked at between trials: within one, processes and databases of that trial are there. */
async function watch(running: RunningPaceline, space: Workspace): Promise<void> {
  const startedMs = performance.now();
  let nextMinute = 1;
  for (let trial = 2; ; trial += 1) {
    // The start of the next trial: the one before has put everything away.
    const ended = await Promise.race([
      running.line(/^ {2}copy-database$/, trial).then(() => false),
      running.finished.then(() => true),
    ]);
    if (ended) return;
    const minute = (performance.now() - startedMs) / 60_000;
    if (minute < nextMinute) continue;
    print(lookAt(running, space, Math.floor(minute), trial - 1));
    nextMinute = Math.floor(minute) + Math.max(1, Math.floor(minutes / 12));
    if (minute >= minutes) return;
  }
}

const space = await makeWorkspace();
await shareConformance(space);
const chosen = implementations.flatMap((id) => ['--impl', id]);
const size = ['--trials', '2000', '--attempts', '1', '--no-report', '--verbose', '--out', space.file('r.json')];
const running = startPaceline(['run', 'smoke', ...chosen, ...size], space);
process.stdout.write(
  `${row(['minute', 'trials', 'harness MiB', 'descriptors', 'processes', 'databases', 'temporary'])}\n`,
);
process.stdout.write(`${row(['--:', '--:', '--:', '--:', '--:', '--:', '--:'])}\n`);
const stop = () => running.signal('SIGINT');
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
try {
  await watch(running, space);
} finally {
  stop();
  const { exitCode } = await running.finished;
  await sleep(500);
  process.stdout.write(
    `ended with ${exitCode}; left: ${processesOf(space.dir).length} processes, ${readdirSync(space.tempDir).length} temporary\n`,
  );
  await removeWorkspace(space);
}
