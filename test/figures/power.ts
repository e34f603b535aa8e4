/*
 * What the gate finds: a burden of known size laid on one implementation of Node, in a clone of this repository, and `ci` asked
 * again and again whether it sees it. `npm run power -- [--impl ID] [--burn-us N] [--hold-mib N] [--start-ms N] [--pairs N] [--runs N]
 * [--minutes N]`; at most ten runs, at most 60 minutes. All zero is an A/A series of separate commits. The result files stay in
 * results/power/, for `npm run gates`.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunComparison } from '../../src/model/comparison.ts';

const root = join(import.meta.dirname, '..', '..');
const { values } = parseArgs({
  options: {
    impl: { type: 'string', default: 'crud-node-async' },
    'burn-us': { type: 'string', default: '0' },
    'hold-mib': { type: 'string', default: '0' },
    'start-ms': { type: 'string', default: '0' },
    pairs: { type: 'string' },
    runs: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '60' },
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

const folder = await mkdtemp(join(tmpdir(), 'paceline-power-'));
process.once('SIGINT', () => {});
try {
  const { base, head } = await burdened(folder);
  series(base, head);
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
  const identity = ['-c', 'user.name=power', '-c', 'user.email=power@example.org'];
  git('add', '--all', 'impls');
  git(...identity, 'commit', '--quiet', '--allow-empty', '-m', `burden ${JSON.stringify(size)}`);
  return git('rev-parse', 'HEAD');
}

function series(base: string, head: string): void {
  const endMs = performance.now() + Number(values.minutes) * 60_000;
  const found = new Map<string, number>();
  let done = 0;
  while (done < Number(values.runs) && performance.now() < endMs) {
    const comparison = oneRun(base, head);
    if (comparison === null) break;
    done += 1;
    const gated = comparison.comparisons.filter(({ role, metricId }) => role === 'gated' && metricId !== 'errors');
    for (const { metricId, verdict, confirmation, change } of gated) {
      const isFound = verdict.kind === 'worse' && confirmation === 'confirmed';
      found.set(metricId, (found.get(metricId) ?? 0) + (isFound ? 1 : 0));
      process.stdout.write(
        `run ${done} ${metricId}: ${verdict.kind} ${confirmation} ${change?.ratio ?? 'no change known'}\n`,
      );
    }
  }
  for (const [metricId, count] of found)
    process.stdout.write(`${metricId}: worse and confirmed in ${count} of ${done} runs\n`);
}

function oneRun(base: string, head: string): RunComparison | null {
  const pairs = values.pairs === undefined ? [] : ['--pairs', values.pairs];
  const commits = ['--repo', folder, '--base', base, '--head', head, '--impl', values.impl];
  const args = ['bin/paceline.mjs', 'ci', ...commits, ...pairs, '--out', 'results/power', '--json'];
  const { stdout, status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return status === 0 || status === 1 ? JSON.parse(stdout) : null;
}
