import { type ChildProcess, spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { describeMachine } from '../../src/probe/machine.ts';
import { cacheDir } from '../../src/run/paths.ts';

export const bin = resolve(import.meta.dirname, '../../bin/paceline.mjs');
export const fixturesDir = resolve(import.meta.dirname, '../fixtures/impls');

/** A folder of its own for everything that a test's paceline writes; its path also marks the processes started there. */
export interface Workspace {
  readonly dir: string;
  readonly cacheDir: string;
  readonly tempDir: string;
  readonly env: NodeJS.ProcessEnv;
  file(name: string): string;
}

export async function workspace(context: Pick<TestContext, 'after'>): Promise<Workspace> {
  const made = await makeWorkspace();
  context.after(() => removeWorkspace(made));
  return made;
}

export async function makeWorkspace(): Promise<Workspace> {
  const dir = await mkdtemp(join(tmpdir(), 'paceline-e2e-'));
  // As root, the database runs as another user and must get through.
  await chmod(dir, 0o755);
  const places = { cacheDir: join(dir, 'cache'), tempDir: join(dir, 'tmp') };
  for (const place of Object.values(places)) await mkdir(place);
  keepEasy(join(places.cacheDir, 'spin.json'));
  return {
    dir,
    ...places,
    env: { PACELINE_CACHE_DIR: places.cacheDir, TMPDIR: places.tempDir },
    file: (name) => join(dir, name),
  };
}

/**
 * Keeps what a spin takes on this machine at an age for a short one, so that no trial waits for a quiet machine or is invalid for want
 * of it: tests side by side are each other's noise. What is about that noise is in the probe's own tests.
 */
function keepEasy(path: string): void {
  machineId ??= describeMachine().id;
  const reference = { key: `${machineId} node ${process.version}`, roundCount: 2_000_000, durationMs: 1_000 };
  const write = () => {
    writeFileSync(`${path}.easy`, JSON.stringify(reference));
    renameSync(`${path}.easy`, path);
  };
  write();
  keepers.set(dirname(dirname(path)), setInterval(write, 200).unref());
}

let machineId: string | null = null;
/** By the folder of their workspace. */
const keepers = new Map<string, NodeJS.Timeout>();

export function removeWorkspace({ dir }: Workspace): Promise<void> {
  clearInterval(keepers.get(dir));
  return rm(dir, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Shares with the user's cache what was found to conform: a whole service's vectors take longer than all that a test looks at,
 * and nothing of what they prove depends on the folder.
 */
export async function shareConformance({ cacheDir: own }: Workspace): Promise<void> {
  const shared = join(cacheDir(process.env), 'conformed');
  await mkdir(shared, { recursive: true });
  await symlink(shared, join(own, 'conformed'));
}

export interface Finished {
  /** null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningPaceline {
  readonly pid: number;
  /** Resolves with the line of standard error that matches for the n-th time; rejects when paceline ends without it. */
  line(pattern: RegExp, nth?: number): Promise<string>;
  /** What a terminal does at Ctrl-C: to the process and all others of its group. */
  interrupt(): void;
  signal(name: NodeJS.Signals): void;
  readonly finished: Promise<Finished>;
}

export interface PacelineOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What starts paceline; none: this Node. `npm run bench --` and its like name paceline themselves. */
  readonly program?: readonly string[];
}

const living = new Set<ChildProcess>();

// A test that fails or times out must not leave its run behind; paceline puts its own things away.
process.once('exit', () => {
  for (const child of living) child.kill('SIGTERM');
});

/** Runs `paceline …` to its end. */
export function paceline(args: readonly string[], options: PacelineOptions = {}): Promise<Finished> {
  return startPaceline(args, options).finished;
}

/** Starts `paceline …` as its own process group, as a shell does. */
export function startPaceline(
  args: readonly string[],
  { env = {}, cwd, program }: PacelineOptions = {},
): RunningPaceline {
  const { DATABASE_URL: _, NODE_OPTIONS: __, ...inherited } = process.env;
  const [file = '', ...words] = program === undefined ? [process.execPath, bin] : startedBy(program);
  const child = spawn(file, [...words, ...args], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  living.add(child);
  child.once('exit', () => living.delete(child));
  const { finished, line } = listen(child, args);
  return {
    pid,
    line,
    interrupt: () => process.kill(-pid, 'SIGINT'),
    signal: (name) => process.kill(pid, name),
    finished,
  };
}

function startedBy(program: readonly string[]): readonly string[] {
  return program[0] === 'npm' ? program : [...program, bin];
}

function listen(child: ChildProcess, args: readonly string[]): Pick<RunningPaceline, 'finished' | 'line'> {
  let stdout = '';
  let stderr = '';
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const waker of wakers) waker();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    wake();
  });
  let ended = false;
  const finished = new Promise<Finished>((done) => {
    child.once('close', (exitCode) => {
      ended = true;
      wake();
      done({ exitCode, stdout, stderr });
    });
  });
  const line = (pattern: RegExp, nth = 1) =>
    new Promise<string>((found, missing) => {
      const look = () => {
        const whole = stderr.slice(0, stderr.lastIndexOf('\n') + 1).split('\n');
        const hit = whole.filter((text) => pattern.test(text))[nth - 1];
        if (hit === undefined && !ended) return;
        wakers.delete(look);
        if (hit === undefined) missing(new Error(`paceline ${args.join(' ')} never said ${pattern}:\n${stderr}`));
        else found(hit);
      };
      wakers.add(look);
      look();
    });
  return { finished, line };
}

/** The shortest run of echo fixtures: one trial each, half a second long, if `more` does not say otherwise. */
export function echoRun(ids: readonly string[], out: string, ...more: readonly string[]): string[] {
  const shortest = { '--trials': '1', '--duration': '0.5', '--warmup': '8', '--attempts': '1' };
  const size = Object.entries(shortest).filter(([flag]) => !more.includes(flag));
  const implementations = ids.flatMap((id) => ['--impl', id]);
  return [
    'run',
    'known-answers',
    '--impls',
    fixturesDir,
    ...implementations,
    ...size.flat(),
    '--no-report',
    '--out',
    out,
    ...more,
  ];
}

/** Writes a manifest of an implementation of echo; `change` says what is special about it. Returns the folder's parent. */
export async function writeImplementation(
  parent: string,
  id: string,
  change: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const manifest = JSON.parse(await readFile(join(fixturesDir, 'echo', 'impl.json'), 'utf8')) as object;
  const command = ['{node}', join(fixturesDir, 'echo', 'main.ts')];
  await mkdir(join(parent, id), { recursive: true });
  await writeFile(join(parent, id, 'impl.json'), JSON.stringify({ ...manifest, id, command, ...change }));
  return parent;
}
