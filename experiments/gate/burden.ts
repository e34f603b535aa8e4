/*
 * Records what the gate ought to find: a burden of known size laid on one implementation of Node, in a clone of this repository, and
 * one long `ci` of the two commits. `npm run burden -- [--impl ID] [--burn-us N] [--hold-mib N] [--start-ms N] [--pairs 48]
 * [--duration S] [--name burden]`; all zero is an A/A recording of separate commits. Kept compressed in results/recordings, in a folder of
 * that name; the same name again adds to it. `npm run power` reads the files.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordingsDir } from '../../src/run/paths.ts';
import { readCommandLine } from '../command-line.ts';
import { keepPacked } from './pack.ts';

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

/** Loaded before the program; the variables are known to this experiment alone. */
const burden = `import http from 'node:http';
const number = (name) => Number(process.env['PACELINE_EXPERIMENT_' + name] ?? 0);
const burn = (ms) => { for (const end = performance.now() + ms; performance.now() < end; ); };
burn(number('START_MS'));
globalThis.held = Buffer.alloc(number('HOLD_MIB') * 2 ** 20, 1);
const { emit } = http.Server.prototype;
http.Server.prototype.emit = function (name, ...rest) {
  if (name === 'request' && rest[0].url !== '/health') burn(number('BURN_US') / 1000);
  return emit.call(this, name, ...rest);
};
`;

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
  await writeFile(join(clone, `impls/${values.impl}/burden.mjs`), burden);
  const base = await commit(clone, { burnUs: '0', holdMib: '0', startMs: '0' });
  const head = await commit(clone, {
    burnUs: values['burn-us'],
    holdMib: values['hold-mib'],
    startMs: values['start-ms'],
  });
  return { base, head };
}

async function commit(clone: string, size: { burnUs: string; holdMib: string; startMs: string }): Promise<string> {
  const path = join(clone, `impls/${values.impl}/impl.json`);
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  const env = {
    ...manifest.env,
    NODE_OPTIONS: '--import={dir}/burden.mjs',
    PACELINE_EXPERIMENT_BURN_US: size.burnUs,
    PACELINE_EXPERIMENT_HOLD_MIB: size.holdMib,
    PACELINE_EXPERIMENT_START_MS: size.startMs,
  };
  await writeFile(path, JSON.stringify({ ...manifest, env }));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: clone, encoding: 'utf8' }).trim();
  const identity = ['-c', 'user.name=burden', '-c', 'user.email=burden@example.org'];
  git('add', '--all', 'impls');
  git(...identity, 'commit', '--quiet', '--allow-empty', '-m', `burden ${JSON.stringify(size)}`);
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
  process.stdout.write(kept.length === 0 ? '' : `npm run power -- ${kept.join(' ')}\n`);
  process.exitCode = status ?? 1;
}
