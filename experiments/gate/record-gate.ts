/*
 * Records A/A runs for the gate: `ci --aa` at its own rate, one implementation after another, the one with the fewest runs first. Every
 * run builds both sides anew. The same command goes on another day; the files are kept compressed in results/recordings.
 * `npm run record-gate -- [--impl crud-go,crud-node-async] [--runs 10] [--pairs 10] [--duration 4] [--minutes 30]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../../src/model/harness-error.ts';
import { recordingsDir, rootDir } from '../../src/run/paths.ts';
import { readCommandLine } from '../command-line.ts';
import { keepPacked } from './pack.ts';
import { recordedRuns } from './recorded.ts';

const { values } = readCommandLine({
  options: {
    impl: { type: 'string', default: 'crud-go,crud-node-async' },
    runs: { type: 'string', default: '10' },
    pairs: { type: 'string', default: '10' },
    duration: { type: 'string', default: '4' },
    minutes: { type: 'string', default: '30' },
  },
});
const ids = values.impl.split(',');
const [runCount, minutes] = [Number(values.runs), Number(values.minutes)];
if (![runCount, minutes, Number(values.pairs), Number(values.duration)].every((size) => size > 0)) {
  process.stderr.write(
    'usage: npm run record-gate -- [--impl A,B] [--runs 10] [--pairs 10] [--duration 4] [--minutes 30]\n',
  );
  process.exit(2);
}

const endMs = performance.now() + minutes * 60_000;
process.once('SIGINT', () => {});
for (;;) {
  const id = await neediest();
  if (id === null) break;
  if (performance.now() > endMs) {
    process.stdout.write('the minutes are over: the same command goes on\n');
    break;
  }
  const status = await recordOne(id);
  // 1: something was flagged, which is what is counted.
  if (status !== 0 && status !== 1) {
    process.exitCode = status;
    break;
  }
}

/** null: all have as many runs as were asked for. */
async function neediest(): Promise<string | null> {
  const runs = await recordedRuns([]).catch((error: unknown) => {
    if (error instanceof HarnessError && error.code === 'cannot-measure') return [];
    throw error;
  });
  const countOf = (id: string) =>
    runs.filter(({ base, isAA }) => isAA && base.trials.some(({ spec }) => spec.implementation === id)).length;
  const counts = ids.map((id) => ({ id, count: countOf(id) })).toSorted((a, b) => a.count - b.count);
  const [first] = counts;
  process.stdout.write(`${counts.map(({ id, count }) => `${id} ${count} of ${runCount} runs`).join(', ')}\n`);
  return first === undefined || first.count >= runCount ? null : first.id;
}

async function recordOne(id: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-gate-'));
  try {
    const asked = ['--impl', id, '--pairs', values.pairs, '--duration', values.duration, '--out', folder];
    const { status } = spawnSync(process.execPath, ['bin/paceline.mjs', 'ci', '--aa', ...asked], {
      cwd: rootDir,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const kept = await keepPacked(folder, recordingsDir, 'aa');
    for (const path of kept) process.stdout.write(`${path}\n`);
    return status ?? 130;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
