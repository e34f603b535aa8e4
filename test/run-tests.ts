import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { inStartOrder, laneOf, lanes, parts, testPaths, wallSecondsAfter } from './lanes.ts';

const usage = `Usage: node test/run-tests.ts [--lane LANE]… [--times] [--save] [PART OF A PATH]…
Runs the test files of these lanes (all but those of test:all) side by side, as test/lanes.ts says. At most three files of these that
failed are run once more, alone; one that passes then is named as unsteady, since it fails only beside others.
--times ends with a table of wall and CPU seconds; --save keeps the wall seconds for the order of the next starts.`;

/** More that fail are no accident of the machine. */
const mostSecondTries = 3;

interface TestFile {
  readonly path: string;
  readonly lane: string;
  readonly halfCores: number;
}

interface Ended {
  readonly file: TestFile;
  /** What its tests said; printed for a failure. */
  readonly details: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly isSuccess: boolean;
  readonly seconds: number;
}

type TestEvent = { readonly type: string; readonly data: Record<string, unknown> };

/** A file or a test that takes longer has hung. */
const timeoutMs = 300_000;
const root = resolve(import.meta.dirname, '..');
const savedPath = join(import.meta.dirname, 'wall-seconds.json');
const capacity = 2 * Math.min(availableParallelism(), 8);
const interruption = new AbortController();

function testFiles(wantedLanes: readonly string[], words: readonly string[]): readonly TestFile[] {
  const all = testPaths(root).map((path) => {
    const lane = laneOf(path, readFileSync(join(root, path), 'utf8'));
    const halfCores = lanes.find(({ id }) => id === lane)?.halfCores ?? capacity;
    return { path, lane, halfCores, bytes: statSync(join(root, path)).size };
  });
  const isNamed = (path: string) => words.length === 0 || words.some((word) => path.includes(word));
  return inStartOrder(
    all.filter(({ path, lane }) => wantedLanes.includes(lane) && isNamed(path)),
    savedWallSeconds(),
  );
}

function savedWallSeconds(): Readonly<Record<string, number>> {
  return JSON.parse(readFileSync(savedPath, 'utf8'));
}

function saveWallSeconds(ended: readonly Ended[]): void {
  const measured = ended.map(({ file, seconds }) => [file.path, seconds] as const);
  const seconds = wallSecondsAfter(savedWallSeconds(), Object.fromEntries(measured), testPaths(root));
  writeFileSync(savedPath, `${JSON.stringify(seconds, null, 2)}\n`);
}

/** Starts in order whatever still fits beside what is running. */
async function runAll(files: readonly TestFile[]): Promise<readonly Ended[]> {
  const waiting = [...files];
  const running = new Set<Promise<void>>();
  const ended: Ended[] = [];
  let free = capacity;
  const start = (file: TestFile) => {
    free -= file.halfCores;
    const one = runFile(file).then((result) => {
      ended.push(result);
      running.delete(one);
      free += file.halfCores;
    });
    running.add(one);
  };
  while (waiting.length + running.size > 0) {
    for (let next = fitting(waiting, free); next !== undefined; next = fitting(waiting, free)) start(next);
    await Promise.race(running);
  }
  return ended;
}

async function withSecondTries(first: readonly Ended[]): Promise<readonly Ended[]> {
  const failed = first.filter(({ isSuccess }) => !isSuccess);
  const isOfParts = failed.some(({ file }) => !lanes.some(({ id }) => id === file.lane));
  if (failed.length > mostSecondTries || isOfParts || interruption.signal.aborted) return first;
  const ended = [...first];
  for (const one of failed) {
    const again = await runFile(one.file);
    ended[first.indexOf(one)] = again;
    if (again.isSuccess)
      process.stdout.write(`unsteady: ${one.file.path} passed alone and failed before:\n${quoted(one.details)}`);
  }
  return ended;
}

/** Nobody, and no program that looks for failures, takes it for one of this run. */
function quoted(details: string): string {
  return details
    .replaceAll('✖', 'x')
    .replaceAll(/^/gm, '  | ')
    .replace(/ {2}\| $/, '');
}

function pathLines(ended: readonly Ended[]): string {
  return ended.map(({ file }) => `  ${file.path}\n`).join('');
}

function fitting(waiting: TestFile[], free: number): TestFile | undefined {
  if (interruption.signal.aborted) waiting.splice(0);
  const index = waiting.findIndex(({ halfCores }) => halfCores <= free);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}

/** A file of a part may take as long as the part. */
function longestMs({ lane }: TestFile): number {
  const part = parts.find(({ id }) => id === lane);
  return part === undefined ? timeoutMs + 30_000 : part.limitMinutes * 60_000;
}

async function runFile(file: TestFile): Promise<Ended> {
  const startedMs = performance.now();
  const events: TestEvent[] = [];
  const stream = run({
    cwd: root,
    files: [join(root, file.path)],
    timeout: timeoutMs,
    execArgv: ['--import', join(import.meta.dirname, 'in-test.ts')],
    // A process that something keeps alive after its last test is ended too.
    signal: AbortSignal.any([interruption.signal, AbortSignal.timeout(longestMs(file))]),
  });
  for await (const event of stream as AsyncIterable<TestEvent>) events.push(event);
  const total = events.findLast(({ type, data }) => type === 'test:summary' && data.file === undefined)?.data;
  const ended = {
    file,
    details: await detailsOf(events),
    counts: (total?.counts ?? {}) as Record<string, number>,
    isSuccess: total?.success === true,
    seconds: (performance.now() - startedMs) / 1000,
  };
  report(ended, events);
  return ended;
}

async function detailsOf(events: readonly TestEvent[]): Promise<string> {
  let text = '';
  for await (const part of Readable.from(events.filter(isDetail)).compose(new spec())) text += part;
  return text;
}

/** A failure's details come once it is known whether it fails alone too. */
function report({ file, counts, isSuccess, seconds }: Ended, events: readonly TestEvent[]): void {
  if (interruption.signal.aborted) return;
  let text = `${isSuccess ? '✔' : '·'} ${file.path}: ${counts.tests} tests, ${seconds.toFixed(1)} s (${file.lane})\n`;
  for (const { type, data } of events)
    if (type === 'test:pass' && data.skip !== undefined) text += `  ﹣ ${data.name} # ${data.skip}\n`;
  process.stdout.write(text);
}

/** Each file's own sums would pass for those of all. */
function isDetail({ type, data }: TestEvent): boolean {
  return type !== 'test:summary' && !(type === 'test:diagnostic' && sums.test(String(data.message)));
}

const sums = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** Node's own last lines. */
function summary(ended: readonly Ended[], startedMs: number): string {
  const sum = (key: string) => ended.reduce((total, { counts }) => total + (counts[key] ?? 0), 0);
  const names = {
    tests: 'tests',
    suites: 'suites',
    pass: 'passed',
    fail: 'failed',
    cancelled: 'cancelled',
    skipped: 'skipped',
    todo: 'todo',
  };
  const lines = Object.entries(names).map(([name, key]) => `ℹ ${name} ${sum(key)}`);
  return [...lines, `ℹ duration_ms ${performance.now() - startedMs}`, ''].join('\n');
}

/** The slowest first: seconds of wall and of CPU, that of processes waited for included. */
function timesTable(ended: readonly Ended[], cpuText: string): string {
  const cpu = new Map<string, number>();
  for (const [path = '', seconds] of cpuText.split('\n').map((line) => line.split('\t')))
    cpu.set(path, (cpu.get(path) ?? 0) + Number(seconds));
  const rows = [...ended]
    .sort((one, other) => other.seconds - one.seconds)
    .map(({ file, seconds }) => {
      const used = cpu.get(join(root, file.path)) ?? Number.NaN;
      return `${seconds.toFixed(1).padStart(7)} ${used.toFixed(1).padStart(7)}  ${file.lane.padEnd(6)} ${file.path}`;
    });
  const total = [...cpu.values()].reduce((sum, seconds) => sum + (seconds || 0), 0);
  return ['   wall     cpu', ...rows, `CPU of all test files: ${total.toFixed(0)} s`, ''].join('\n');
}

function interruptedBy(signal: NodeJS.Signals): void {
  // In a terminal the running test files get the signal too, and end what they have started.
  interruption.abort(new Error(signal));
}

function exitWithUsageError(message: string): void {
  process.stderr.write(`${message}\n${usage}\n`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const startedMs = performance.now();
  const { values, positionals } = parseArgs({
    options: {
      lane: { type: 'string', multiple: true },
      times: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return void process.stdout.write(`${usage}\n`);
  const known = [...lanes, ...parts].map(({ id }) => id);
  const unknown = values.lane?.find((id) => !known.includes(id));
  if (unknown !== undefined) return exitWithUsageError(`there is no lane "${unknown}"`);
  const files = testFiles(values.lane ?? lanes.map(({ id }) => id), positionals);
  if (files.length === 0 && positionals.length > 0)
    return exitWithUsageError(`no test file is called ${positionals.join(' or ')}`);
  const scratch = mkdtempSync(join(tmpdir(), 'paceline-tests-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const cpuFile = join(scratch, 'cpu.tsv');
  process.env.PACELINE_TEST_CPU = cpuFile;
  // Half of what a short process costs is reading the same TypeScript again: those of tests, and every paceline that they start.
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compiled-tests');
  process.once('SIGINT', interruptedBy);
  process.once('SIGTERM', interruptedBy);
  process.setMaxListeners(0);
  const first = await runAll(files);
  const ended = await withSecondTries(first);
  if (values.times) process.stdout.write(timesTable(ended, readFileSync(cpuFile, 'utf8')));
  if (values.save && !interruption.signal.aborted) saveWallSeconds(ended);
  const unsteady = ended.filter((one, index) => one !== first[index] && one.isSuccess);
  if (unsteady.length > 0)
    process.stdout.write(`unsteady, failed beside others and passed alone:\n${pathLines(unsteady)}`);
  const failed = ended.filter(({ isSuccess }) => !isSuccess);
  for (const { file, details } of failed) process.stdout.write(`✖ ${file.path}\n${details}`);
  if (failed.length > 0) process.stdout.write(`failed:\n${pathLines(failed)}`);
  process.stdout.write(summary(ended, startedMs));
  process.exitCode = interruption.signal.aborted ? 130 : failed.length > 0 ? 1 : 0;
}

await main();
