import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CleanupEntry } from '../../src/run/session/cleanup-registry.ts';
import { processesOf } from '../support/leftovers.ts';
import {
  echoRun,
  fixturesDir,
  type RunningPaceline,
  type Workspace,
  writeImplementation,
} from '../support/paceline.ts';
import { scratchRepository, writeEcho } from '../support/scratch-repository.ts';
import type { Cell, Command, Fault, Moment, Subject } from './cell.ts';

type Strike = NonNullable<Cell['strike']>;

/** Two trials, of which the first or the second is struck. */
const echo = (space: Workspace, ...more: readonly string[]): Command => ({
  args: echoRun(['echo'], space.file('r.json'), '--verbose', '--trials', '2', ...more),
  env: space.env,
});
const fixture =
  (id: string, ...more: readonly string[]) =>
  (space: Workspace): Command => ({
    args: echoRun([id], space.file('r.json'), '--verbose', '--duration', '2', '--warmup', '20', ...more),
    env: space.env,
  });
const crud =
  (id = 'crud-node-async', ...more: readonly string[]) =>
  (space: Workspace): Command => {
    const size = ['--attempts', '1', '--no-report', '--verbose', '--out', space.file('r.json')];
    return { args: ['run', 'smoke', '--impl', id, ...size, ...more], env: space.env };
  };
const slowBuild = async (space: Workspace): Promise<Command> => {
  const build = [['sh', '-c', 'sleep 600 & sleep 600; true']];
  const impls = await writeImplementation(space.file('impls'), 'slow-build', { build });
  return { args: [...echoRun(['slow-build'], space.file('r.json')), '--impls', impls], env: space.env };
};

const phaseOf: Partial<Record<Moment, string>> = {
  copy: 'copy-database',
  start: 'start',
  idle: 'idle',
  'warm-up': 'warm-up',
  window: 'measure',
  drain: 'after-load',
  stop: 'stop',
};
/** The line that --verbose writes as the moment begins. */
const at = (when: Moment, nth = 1) => ({ line: new RegExp(`^  ${phaseOf[when]}$`), nth });

function entriesOf({ pid }: RunningPaceline, { cacheDir }: Workspace): readonly CleanupEntry[] {
  const folder = join(cacheDir, 'runs');
  const name = readdirSync(folder).find((one) => one.startsWith(`${pid}-`) && one.endsWith('.json')) ?? '';
  return JSON.parse(readFileSync(join(folder, name), 'utf8')).entries;
}

async function pidsOf(space: Workspace, words: RegExp): Promise<readonly number[]> {
  // A phase's line comes a moment before the process that it starts.
  for (let tries = 0; tries < 100; tries += 1) {
    const found = processesOf(space.dir).filter((line) => words.test(line));
    if (found.length > 0) return found.map((line) => Number.parseInt(line, 10));
    await sleep(20);
  }
  throw new Error(`no process ${words}`);
}

const targetWords = /impls\/(echo|crud-node-async|crud-node-processes|burn-children)\/main/;
const generatorWords = /generator-process/;

/** One of the processes that answer: their parent has the same words. */
async function childOfTarget(space: Workspace): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const pids = await pidsOf(space, /main\.ts/);
    const child = pids.flatMap(childrenOf).find((pid) => pids.includes(pid));
    if (child !== undefined) return child;
    await sleep(20);
  }
  throw new Error('the target has no child');
}

const signal =
  (words: RegExp, name: NodeJS.Signals): Strike =>
  async (_, space) => {
    for (const pid of await pidsOf(space, words)) process.kill(pid, name);
  };
const pause =
  (words: RegExp, durationMs: number): Strike =>
  async (_, space) => {
    const pids = await pidsOf(space, words);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await sleep(durationMs);
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // Ended by paceline meanwhile.
      }
    }
  };
const killDatabase: Strike = (running, space) => process.kill(databaseOf(running, space), 'SIGKILL');
const pauseDatabase: Strike = async (running, space) => {
  const pid = databaseOf(running, space);
  const all = [pid, ...childrenOf(pid)];
  for (const one of all) process.kill(one, 'SIGSTOP');
  await sleep(700);
  for (const one of all) process.kill(one, 'SIGCONT');
};

function databaseOf(running: RunningPaceline, space: Workspace): number {
  const found = entriesOf(running, space).find(({ kind }) => kind === 'database');
  if (found?.kind !== 'database') throw new Error('no database in the cleanup registry');
  return found.pid;
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** Its tool has been started, and noted a moment later. */
const killHarnessInBuild: Strike = async (running, space) => {
  await pidsOf(space, /sleep 600/);
  await sleep(300);
  running.signal('SIGKILL');
};
const killHarness: Strike = (running) => running.signal('SIGKILL');
const pauseHarness: Strike = async (running) => {
  running.signal('SIGSTOP');
  await sleep(1_000);
  running.signal('SIGCONT');
};

const cell = (who: Subject, what: Fault, when: Moment, rest: Omit<Cell, 'who' | 'what' | 'when'>): Cell => ({
  who,
  what,
  when,
  ...rest,
});

/** A target killed fails its trial; the run goes on to the next. */
const killedTargets = (['start', 'idle', 'warm-up', 'window', 'drain'] as const).map((when) =>
  cell('target', 'killed', when, {
    command: (space) => echo(space, '--warmup', '40', '--duration', '1'),
    at: at(when),
    strike: signal(targetWords, 'SIGKILL'),
    exitCodes: [0, 3],
    words: /target-died|ended (by itself|before it was ready|unexpectedly).*SIGKILL/,
    keptTrialCount: 2,
  }),
);
const pausedTargets = (['idle', 'warm-up', 'window', 'drain', 'stop'] as const).map((when) =>
  cell('target', 'stopped and continued', when, {
    command: (space) => echo(space, '--warmup', '40', '--duration', '1'),
    at: at(when),
    strike: pause(targetWords, 400),
    exitCodes: [0, 3],
    words: /\[2\/2\]/,
    keptTrialCount: 2,
  }),
);

const targets: readonly Cell[] = [
  ...killedTargets,
  ...pausedTargets,
  cell('target', 'stopped for good', 'window', {
    command: (space) => echo(space, '--duration', '1'),
    at: at('window'),
    strike: signal(targetWords, 'SIGSTOP'),
    exitCodes: [0, 3],
    words: /still running \d+ ms after SIGTERM: killed|overloaded/,
    keptTrialCount: 2,
  }),
  cell('target', 'stopped for good', 'stop', {
    command: (space) => echo(space),
    at: at('drain'),
    strike: signal(targetWords, 'SIGSTOP'),
    exitCodes: [0, 3],
    words: /still running \d+ ms after SIGTERM: killed/,
    keptTrialCount: 2,
  }),
  cell('target', 'slow', 'start', {
    command: fixture('never-ready-later'),
    exitCodes: [3],
    words: /did not answer 200 within 30 s \(last: status 503\)/,
    keptTrialCount: 1,
  }),
  cell('target', 'slow', 'conform', {
    command: fixture('never-ready'),
    exitCodes: [1],
    words: /did not answer 200 within 30 s/,
    keptTrialCount: null,
  }),
  cell('target', 'slow', 'window', {
    command: fixture('hang-later'),
    exitCodes: [0, 3],
    words: /overloaded|invalid/,
    keptTrialCount: 1,
  }),
  cell('target', 'slow', 'stop', {
    command: fixture('deaf-later'),
    exitCodes: [3],
    words: /still running \d+ ms after SIGTERM: killed/,
    keptTrialCount: 1,
  }),
  cell('target', 'lying', 'conform', {
    command: fixture('wrong'),
    exitCodes: [1],
    words: /conformance failed: .*expected body/,
    keptTrialCount: null,
  }),
  cell('target', 'lying', 'window', {
    command: fixture('wrong-later'),
    exitCodes: [1],
    words: /\d+ wrong answers: \d+ × /,
    keptTrialCount: 1,
  }),
  cell('target', 'out of memory at its limit', 'window', {
    command: fixture('leaky', '--limit', 'memory=100MiB'),
    exitCodes: [3],
    words: /SIGKILL.*out of memory.*100 MiB/,
    keptTrialCount: 1,
  }),
  cell('target', 'out of memory at its limit', 'start', {
    command: (space) => echo(space, '--limit', 'memory=16MiB'),
    exitCodes: [3],
    words: /out of memory/,
    keptTrialCount: 2,
  }),
  cell('target', 'out of descriptors', 'conform', {
    command: async (space) => {
      const command = ['sh', '-c', 'ulimit -n 12; exec "$0" "$1"', '{node}', join(fixturesDir, 'echo', 'main.ts')];
      const impls = await writeImplementation(space.file('impls'), 'few-files', { command });
      return { args: [...echoRun(['few-files'], space.file('r.json')), '--impls', impls], env: space.env };
    },
    exitCodes: [1],
    words: /conformance failed: ended before it was ready/,
    keptTrialCount: null,
  }),
  cell('target', 'port taken', 'start', {
    command: fixture('port-taken-later'),
    exitCodes: [3],
    words: /EADDRINUSE|ended before it was ready/,
    keptTrialCount: 1,
  }),
  cell("target's child", 'killed', 'window', {
    command: crud('crud-node-processes'),
    at: at('window'),
    strike: async (_, space) => {
      process.kill(await childOfTarget(space), 'SIGKILL');
    },
    exitCodes: [0, 1, 3],
    words: /\[1\/1\]/,
    keptTrialCount: 1,
  }),
  cell("target's child", 'killed', 'idle', {
    command: crud('crud-node-processes'),
    at: at('idle'),
    strike: async (_, space) => {
      process.kill(await childOfTarget(space), 'SIGKILL');
    },
    exitCodes: [0, 1, 3],
    words: /\[1\/1\]/,
    keptTrialCount: 1,
  }),
  cell("target's child", 'stopped and continued', 'window', {
    command: crud('crud-node-processes'),
    at: at('window'),
    strike: async (_, space) => {
      const child = await childOfTarget(space);
      process.kill(child, 'SIGSTOP');
      await sleep(500);
      process.kill(child, 'SIGCONT');
    },
    exitCodes: [0, 1, 3],
    words: /\[1\/1\]/,
    keptTrialCount: 1,
  }),
];

const databases: readonly Cell[] = [
  ...(['copy', 'start', 'idle', 'warm-up', 'window', 'drain'] as const).map((when) =>
    cell('database', 'killed', when, {
      command: crud('crud-node-async', '--trials', '2'),
      at: at(when),
      strike: killDatabase,
      exitCodes: [0, 3],
      words: /the database server was lost: starting another/,
      keptTrialCount: 2,
    }),
  ),
  cell('database', 'killed', 'conform', {
    command: crud('crud-go'),
    at: { line: /^crud-go: checking/ },
    strike: killDatabase,
    exitCodes: [0, 3],
    words: /the database server was lost: starting another/,
    keptTrialCount: 1,
  }),
  ...(['copy', 'warm-up', 'window', 'drain'] as const).map((when) =>
    cell('database', 'stopped and continued', when, {
      command: crud(),
      at: at(when),
      strike: pauseDatabase,
      exitCodes: [0, 3],
      words: /\[1\/1\]/,
      keptTrialCount: 1,
    }),
  ),
  cell('database', 'network gone', 'start', {
    command: (space) => {
      const { args } = crud()(space);
      return { args, env: { ...space.env, DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/postgres' } };
    },
    exitCodes: [3],
    words: /DATABASE_URL \(someone@127\.0\.0\.1:1\) cannot be used: .*ECONNREFUSED/,
    keptTrialCount: null,
  }),
];

const generators: readonly Cell[] = [
  ...(['warm-up', 'window'] as const).map((when) =>
    cell('generator', 'killed', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when),
      strike: signal(generatorWords, 'SIGKILL'),
      exitCodes: [0, 3],
      words: /the load generator's process ended unexpectedly by SIGKILL: its own fault, not the target's/,
      keptTrialCount: 2,
    }),
  ),
  ...(['warm-up', 'window', 'drain'] as const).map((when) =>
    cell('generator', 'stopped and continued', when, {
      command: (space) => echo(space, '--warmup', '40', '--duration', '2'),
      at: at(when),
      strike: pause(generatorWords, 600),
      exitCodes: [0, 3],
      words: /\[2\/2\]/,
      keptTrialCount: 2,
    }),
  ),
];

const harnessMoments = ['start', 'idle', 'warm-up', 'window', 'drain', 'stop'] as const;
const harnesses: readonly Cell[] = [
  ...harnessMoments.flatMap((when) => [
    cell('harness', 'interrupted (SIGINT)', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: (running) => running.signal('SIGINT'),
      exitCodes: [130],
      words: /interrupted by SIGINT; everything was cleaned up/,
      keptTrialCount: 1,
    }),
    cell('harness', 'ended (SIGTERM)', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: (running) => running.signal('SIGTERM'),
      exitCodes: [143],
      words: /interrupted by SIGTERM; everything was cleaned up/,
      keptTrialCount: 1,
    }),
    cell('harness', 'killed', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: killHarness,
      exitCodes: [null],
      words: /\[1\/2\]/,
      keptTrialCount: 1,
      isCleanedByNextRun: true,
    }),
  ]),
  ...(['idle', 'window', 'stop'] as const).map((when) =>
    cell('harness', 'stopped and continued', when, {
      command: (space) => echo(space),
      at: at(when),
      strike: pauseHarness,
      exitCodes: [0, 3],
      words: /\[2\/2\]/,
      keptTrialCount: 2,
    }),
  ),
  cell('harness', 'interrupted (SIGINT)', 'build', {
    command: slowBuild,
    at: { line: /slow-build: sh -c/ },
    strike: (running) => running.signal('SIGINT'),
    exitCodes: [130],
    words: /interrupted by SIGINT; everything was cleaned up/,
    keptTrialCount: null,
  }),
  cell('harness', 'ended (SIGTERM)', 'build', {
    command: slowBuild,
    at: { line: /slow-build: sh -c/ },
    strike: (running) => running.signal('SIGTERM'),
    exitCodes: [143],
    words: /interrupted by SIGTERM; everything was cleaned up/,
    keptTrialCount: null,
  }),
  cell('harness', 'killed', 'build', {
    command: slowBuild,
    at: { line: /slow-build: sh -c/ },
    strike: killHarnessInBuild,
    exitCodes: [null],
    words: /slow-build/,
    keptTrialCount: null,
    isCleanedByNextRun: true,
  }),
  ...(['copy', 'window'] as const).map((when) =>
    cell('harness', when === 'copy' ? 'killed' : 'interrupted (SIGINT)', 'copy', {
      command: crud(),
      at: at('copy'),
      strike: when === 'copy' ? killHarness : (running) => running.signal('SIGINT'),
      exitCodes: when === 'copy' ? [null] : [130],
      words: /copy-database/,
      keptTrialCount: 0,
      isCleanedByNextRun: when === 'copy',
    }),
  ),
  cell('harness', 'interrupted (SIGINT)', 'conform', {
    command: crud(),
    at: { line: /^crud-node-async: checking/ },
    strike: (running) => running.signal('SIGINT'),
    exitCodes: [130],
    words: /interrupted by SIGINT; everything was cleaned up/,
    keptTrialCount: null,
  }),
  cell('harness', 'out of descriptors', 'start', {
    command: (space) => ({ ...echo(space), program: ['sh', '-c', 'ulimit -n 24; exec "$@"', 'sh', process.execPath] }),
    exitCodes: [3],
    words: /only 24 files may be open at once here.*\nRemedy: .*ulimit -n/,
    keptTrialCount: null,
  }),
];

const ends = [
  ...(['window', 'warm-up'] as const).flatMap((when) => [
    cell('terminal', 'closed (SIGHUP)', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: (running) => process.kill(-running.pid, 'SIGHUP'),
      exitCodes: [129],
      words: /\[1\/2\]/,
      keptTrialCount: 1,
    }),
    cell('terminal', 'interrupted (SIGINT)', when, {
      command: (space) => echo(space, '--warmup', '40'),
      at: at(when, 2),
      strike: (running) => running.interrupt(),
      exitCodes: [130],
      words: /interrupted by SIGINT; everything was cleaned up/,
      keptTrialCount: 1,
    }),
  ]),
  ...(['killed', 'ended (SIGTERM)'] as const).map((what) =>
    cell('npm parent', what, 'window', {
      command: (space) => ({ ...echo(space, '--duration', '4'), program: ['npm', 'run', 'bench', '--'] }),
      at: at('window', 2),
      strike: (running) => running.signal(what === 'killed' ? 'SIGKILL' : 'SIGTERM'),
      exitCodes: what === 'killed' ? [null] : [143, null],
      words: /\[1\/2\]/,
      keptTrialCount: 1,
    }),
  ),
];

/** A small file system of its own below the workspace; the test's end takes it away. */
function mountSmall(space: Workspace, size: string): string {
  const disk = space.file('disk');
  mkdirSync(disk, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=1777`, 'tmpfs', disk]);
  return disk;
}

function fill(disk: string): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
}

const disks: readonly Cell[] = [
  cell('disk', 'full', 'write', {
    command: (space) => {
      const out = join(mountSmall(space, '1m'), 'r.json');
      return { args: echoRun(['echo'], out, '--verbose', '--trials', '2'), env: space.env };
    },
    at: at('idle', 2),
    strike: (_, space) => fill(space.file('disk')),
    exitCodes: [3],
    words: /no room left to write .*r\.json\nRemedy: free some space/,
    keptTrialCount: null,
    needsRoot: true,
  }),
  cell('disk', 'full', 'copy', {
    command: (space) => {
      const disk = mountSmall(space, '120m');
      return { ...crud()(space), env: { ...space.env, TMPDIR: disk } };
    },
    exitCodes: [3],
    words: /No space left on device[\s\S]*Remedy: free at least/,
    keptTrialCount: null,
    needsRoot: true,
  }),
  cell('disk', 'full', 'start', {
    command: (space) => {
      const cache = join(mountSmall(space, '1m'), 'cache');
      return { ...echo(space), env: { ...space.env, PACELINE_CACHE_DIR: cache } };
    },
    at: at('idle'),
    strike: (_, space) => fill(space.file('disk')),
    exitCodes: [3],
    words: /the disk is full: .*\nRemedy: free some space/,
    keptTrialCount: 0,
    needsRoot: true,
  }),
  cell('disk', 'full', 'build', {
    command: async (space) => {
      const disk = mountSmall(space, '1m');
      const build = [['sh', '-c', 'head -c 4000000 /dev/zero > {build}/big']];
      const impls = await writeImplementation(space.file('impls'), 'big-build', { build });
      const env = { ...space.env, PACELINE_CACHE_DIR: join(disk, 'cache') };
      return { args: [...echoRun(['big-build'], space.file('r.json')), '--impls', impls], env };
    },
    exitCodes: [3],
    words: /No space left on device|disk is full/,
    keptTrialCount: null,
    needsRoot: true,
  }),
  cell('disk', 'full', 'report', {
    command: (space) => {
      const disk = mountSmall(space, '64k');
      const stored = join(import.meta.dirname, '../../reports/../test/fixtures/results');
      const [name = ''] = readdirSync(stored).filter((one) => one.endsWith('.json'));
      cpSync(join(stored, name), space.file('stored.json'));
      return { args: ['report', space.file('stored.json'), '--out', join(disk, 'page.html')], env: space.env };
    },
    exitCodes: [3],
    words: /no room left to write .*page\.html\nRemedy: free some space/,
    keptTrialCount: null,
    needsRoot: true,
  }),
];

const machines: readonly Cell[] = [
  ...(['start', 'window'] as const).map((when) =>
    cell('machine', 'clock stepped', when, {
      command: (space) => {
        const preload = space.file('step.mjs');
        writeFileSync(preload, clockStep(when === 'start' ? 3_000 : 6_000));
        return { ...echo(space, '--duration', '2'), program: [process.execPath, '--import', preload] };
      },
      exitCodes: [0, 3],
      words: /\[2\/2\]/,
      keptTrialCount: 2,
    }),
  ),
  cell('machine', 'network gone', 'start', {
    command: (space) => ({ ...echo(space), program: ['unshare', '--net', process.execPath] }),
    exitCodes: [3],
    words: /this machine cannot reach itself at 127\.0\.0\.1: [\s\S]*Remedy: /,
    keptTrialCount: null,
    needsRoot: true,
  }),
];

/** The wall clock goes back by an hour some time after the start, as a bad time server does it. */
function clockStep(afterMs: number): string {
  return `const real = Date.now; const from = performance.now();
const shifted = () => real() - (performance.now() - from > ${afterMs} ? 3_600_000 : 0);
Date.now = shifted;
globalThis.Date = class extends Date { constructor(...args) { args.length === 0 ? super(shifted()) : super(...args); } static now() { return shifted(); } };`;
}

const hasty = `export const gate = {
  alpha: 0.25, informativeAlpha: 0.01, intervalLevelRatio: 0.7, informativeMinEffectRatio: 0.5, primary: {},
  metrics: { 'cpu-per-request': { minEffectRatio: 0.5, control: null } },
  errors: { minMoreCount: 3, alpha: 0.01 },
};`;

async function gate(space: Workspace, headBuild: readonly (readonly string[])[] = []): Promise<Command> {
  writeFileSync(space.file('gate.ts'), hasty);
  const repository = await scratchRepository(space.file('repo'));
  await writeEcho(repository, 'echo-a');
  repository.commit('first');
  await writeEcho(repository, 'echo-a', { burnMs: 15, build: headBuild.map((words) => [...words]) });
  repository.commit('slower');
  const size = ['--pairs', '3', '--duration', '0.5', '--scenario', 'known-answers', '--policy', space.file('gate.ts')];
  const args = ['ci', '--repo', repository.dir, '--base', 'HEAD~1', '--out', space.file('results'), ...size];
  return { args, env: { ...space.env, GITHUB_BASE_REF: '' } };
}

const gates: readonly Cell[] = (
  [
    ['interrupted (SIGINT)', (running: RunningPaceline) => running.signal('SIGINT'), [130], false],
    ['ended (SIGTERM)', (running: RunningPaceline) => running.signal('SIGTERM'), [143], false],
    ['killed', killHarnessInBuild, [null], true],
  ] as const
).map(([what, strike, exitCodes, isCleanedByNextRun]) =>
  cell('harness', what, 'ci build', {
    command: (space) => gate(space, [['sh', '-c', 'sleep 600']]),
    at: { line: /sh -c sleep 600/ },
    strike,
    exitCodes,
    words: /echo-a/,
    keptTrialCount: null,
    isCleanedByNextRun,
  }),
);

export const cells: readonly Cell[] = [
  ...targets,
  ...databases,
  ...generators,
  ...harnesses,
  ...ends,
  ...disks,
  ...machines,
  ...gates,
];
