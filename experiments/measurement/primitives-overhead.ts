import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrimitiveSpec } from '../../src/model/primitive.ts';
import { primitiveFigure } from '../../src/report/build/primitives.ts';
import { formatNs } from '../../src/report/format.ts';
import { loadPrimitives } from '../../src/run/declarations.ts';
import { implsDir } from '../../src/run/paths.ts';
import type { PreparedImplementation } from '../../src/run/prepared-implementation.ts';
import { measurePrimitive } from '../../src/run/primitives/measure-case.ts';
import { openSession } from '../../src/run/session/session.ts';
import { rangeOf } from '../../src/stats/descriptive.ts';
import { scanImplementations } from '../../src/target/manifest.ts';
import { parseRunnerLine } from '../../src/target/runner.ts';
import { checkToolchain } from '../../src/target/toolchain.ts';

/**
 * What paceline adds to what it measures: tinybench's samples taken by the runner alone and by paceline around it, in turn;
 * and, where hyperfine is on PATH, the start of an empty program by both. `npm run primitives-overhead [-- PAIRS]`.
 */
const pairCount = Number(process.argv[2] ?? 10);
const cases = [
  ['message', 'promise'],
  ['message', 'message-port'],
  ['spawn', 'worker'],
] as const;
const profile = { sampleCount: 20, minSampleMs: 20, warmupMs: 300, budgetMs: 4_000, memoryLimitBytes: 2 ** 31 };
const run = promisify(execFile);

const cacheDir = await mkdtemp(join(tmpdir(), 'paceline-overhead-'));
const session = await openSession({
  signal: new AbortController().signal,
  env: { ...process.env, PACELINE_CACHE_DIR: cacheDir },
  probe: null,
  onStep: () => {},
});
try {
  const preparedImplementation = await nodeRunner();
  console.log('case                     alone      in paceline   paceline ÷ alone, pair by pair');
  for (const [primitive, variant] of cases) await compare(preparedImplementation, primitive, variant);
  await compareStart(preparedImplementation);
} finally {
  await session.close();
  await rm(cacheDir, { recursive: true });
}

async function nodeRunner(): Promise<PreparedImplementation> {
  const located = (await scanImplementations([implsDir])).find(
    ({ implementation }) => implementation.id === 'primitives-node',
  );
  if (located === undefined) throw new Error('impls/primitives-node is missing');
  const available = await checkToolchain(located, { cacheDir });
  if (available.status === 'missing') throw new Error(available.reason);
  return { located, toolchain: available.toolchain, buildDir: '', sourceHash: '' };
}

async function compare(
  preparedImplementation: PreparedImplementation,
  primitive: string,
  variant: string,
): Promise<void> {
  const ratios: number[] = [];
  const alone: number[] = [];
  const within: number[] = [];
  for (let pair = 0; pair < pairCount; pair += 1) {
    const measures = [
      async () => alone.push(await aloneNs(preparedImplementation, primitive, variant)),
      async () => within.push(await withinNs(preparedImplementation, primitive, variant)),
    ];
    // ABBA: a drift of the machine falls on both.
    for (const measure of pair % 2 === 0 ? measures : measures.reverse()) await measure();
    ratios.push((within.at(-1) ?? 0) / (alone.at(-1) ?? 1));
  }
  printOverhead(`${primitive} ${variant}`, alone, within, ratios);
}

function printOverhead(
  name: string,
  alone: readonly number[],
  within: readonly number[],
  ratios: readonly number[],
): void {
  const [a, b, ratio] = [rangeOf(alone), rangeOf(within), rangeOf(ratios)];
  if (a === null || b === null || ratio === null) return;
  console.log(
    `${name.padEnd(22)} ${formatNs(a.median).padStart(9)} ${formatNs(b.median).padStart(14)}   ${ratio.median.toFixed(3)} (${ratio.min.toFixed(3)}–${ratio.max.toFixed(3)})`,
  );
}

/** The runner started by hand: no control group, nobody who looks. Standard input stays open until it has ended. */
async function aloneNs({ located }: PreparedImplementation, primitive: string, variant: string): Promise<number> {
  const { sampleCount, minSampleMs, warmupMs, budgetMs } = profile;
  const env = {
    PATH: process.env.PATH,
    PRIMITIVE: primitive,
    VARIANT: variant,
    SIZE: '0',
    SAMPLES: String(sampleCount),
    SAMPLE_MS: String(minSampleMs),
    WARMUP_MS: String(warmupMs),
    BUDGET_MS: String(budgetMs),
  };
  const { stdout } = await run(process.execPath, ['--expose-gc', 'main.ts'], { cwd: located.dir, env });
  const line = parseRunnerLine(stdout.trim());
  if (typeof line === 'string' || line.type !== 'time') throw new Error(`no result of ${primitive} ${variant}`);
  const { type, primitive: _, variant: __, size, clockStepNs, ...timing } = line;
  return primitiveFigure({ kind: 'time', ...timing, clockResolutionNs: clockStepNs }).wallNs ?? 0;
}

async function withinNs(preparedImplementation: PreparedImplementation, id: string, variant: string): Promise<number> {
  const [primitive] = await loadPrimitives([id]);
  if (primitive === undefined) throw new Error(`no primitive ${id}`);
  const result = await measurePrimitive({
    spec: specOf(id, variant),
    primitive,
    preparedImplementation,
    session,
    data: null,
  });
  if (result.status !== 'ok') throw new Error(`${id} ${variant}: ${result.status}`);
  return primitiveFigure(result.measurement).wallNs ?? 0;
}

function specOf(primitive: string, variant: string): PrimitiveSpec {
  return {
    implementation: 'primitives-node',
    contractVersion: 1,
    primitive,
    primitiveVersion: 1,
    caseId: variant,
    size: null,
    repetition: 1,
    position: 0,
    seed: 1,
    plan: profile,
  };
}

async function compareStart(preparedImplementation: PreparedImplementation): Promise<void> {
  if ((await hyperfineNs(preparedImplementation)) === null) {
    console.log('start of an empty program: hyperfine is not on PATH, so not compared');
    return;
  }
  const ratios: number[] = [];
  const theirs: number[] = [];
  const ours: number[] = [];
  for (let pair = 0; pair < pairCount; pair += 1) {
    const measures = [
      async () => theirs.push((await hyperfineNs(preparedImplementation)) ?? 0),
      async () => ours.push(await withinNs(preparedImplementation, 'start', 'program')),
    ];
    for (const measure of pair % 2 === 0 ? measures : measures.reverse()) await measure();
    ratios.push((ours.at(-1) ?? 0) / (theirs.at(-1) ?? 1));
  }
  printOverhead('start (hyperfine)', theirs, ours, ratios);
}

async function hyperfineNs({ located }: PreparedImplementation): Promise<number | null> {
  const path = join(cacheDir, 'hyperfine.json');
  const command = `${process.execPath} programs/empty.mjs`;
  const args = ['-N', '--warmup', '3', '--runs', '20', '--style', 'none', '--export-json', path, command];
  try {
    await run('hyperfine', args, { cwd: located.dir });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { default: exported } = await import(`${path}?${performance.now()}`, { with: { type: 'json' } });
  return exported.results[0].median * 1e9;
}
