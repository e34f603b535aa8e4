/*
 * Records what the gate ought to find: a burden of known size laid on one implementation (of Node, of Go, or crud-python-flask), in a clone
 * of this repository, and one long `ci` of the two commits. Prints at the end how far what was found lies from the burden.
 * `npm run burden -- [--impl ID] [--burn-us N] [--hold-mib N] [--start-ms N] [--pairs 48] [--duration S] [--name burden]`; all zero is an
 * A/A recording of separate commits. Kept compressed in results/recordings, in a folder of that name; the same name again adds to it: one
 * name for each size. `npm run power` reads the files.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { recordingsDir } from '../../src/run/paths.ts';
import { readCommandLine } from '../command-line.ts';
import { burdenEstimate, burdenText } from './burden-estimate.ts';
import { type BurdenSize, layBurden, sizeBurden } from './burdens.ts';
import { keepPacked } from './pack.ts';
import { recordedRuns, recordings } from './recorded.ts';

const root = join(import.meta.dirname, '..', '..');
const { values } = readCommandLine({
  options: {
    impl: { type: 'string', default: 'crud-node-async' },
    'burn-us': { type: 'string', default: '0' },
    'hold-mib': { type: 'string', default: '0' },
    'start-ms': { type: 'string', default: '0' },
    pairs: { type: 'string', default: '48' },
    duration: { type: 'string' },
    name: { type: 'string', default: 'burden' },
  },
});

const size = {
  burnUs: Number(values['burn-us']),
  holdMib: Number(values['hold-mib']),
  startMs: Number(values['start-ms']),
};
if (!Object.values(size).every((one) => one >= 0)) {
  process.stderr.write('--burn-us, --hold-mib and --start-ms are numbers from 0\n');
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'paceline-burden-'));
process.once('SIGINT', () => {});
try {
  const { base, head } = await burdened(folder);
  await record(base, head);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** A clone with two commits on top: the burden of size 0, and the burden. */
async function burdened(clone: string): Promise<{ base: string; head: string }> {
  execFileSync('git', ['clone', '--quiet', '--shared', root, clone]);
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
  await layBurden(clone, values.impl);
  const base = await commit(clone, { burnUs: 0, holdMib: 0, startMs: 0 });
  return { base, head: await commit(clone, size) };
}

async function commit(clone: string, burden: BurdenSize): Promise<string> {
  await sizeBurden(clone, values.impl, burden);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: clone, encoding: 'utf8' }).trim();
  const identity = ['-c', 'user.name=burden', '-c', 'user.email=burden@example.org'];
  git('add', '--all', 'impls');
  git(...identity, 'commit', '--quiet', '--allow-empty', '-m', `burden ${JSON.stringify(burden)}`);
  return git('rev-parse', 'HEAD');
}

/** Nothing short of a doubling matters here: what is flagged would be measured twice. */
async function record(base: string, head: string): Promise<void> {
  const out = join(folder, 'out');
  const commits = ['--repo', folder, '--base', base, '--head', head, '--impl', values.impl];
  const duration = values.duration === undefined ? [] : ['--duration', values.duration];
  const series = ['--pairs', values.pairs, ...duration, '--min-effect', '100%', '--out', out];
  const { status } = spawnSync(process.execPath, ['bin/paceline.mjs', 'ci', ...commits, ...series], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const kept = await keepPacked(out, recordingsDir, values.name);
  process.exitCode = status ?? 1;
  const [first] = kept;
  if (first === undefined) return;
  for (const recording of recordings(await recordedRuns([dirname(first)]))) {
    const estimate = burdenEstimate(recording);
    if (estimate !== null) process.stdout.write(`${burdenText(recording.cell, estimate)}\n`);
  }
  process.stdout.write(`npm run power -- ${dirname(first)}\n`);
}
