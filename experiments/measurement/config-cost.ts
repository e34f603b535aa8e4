/*
 * Whether the path of a user's config costs anything over the built-in one, and what sampling costs: `npm run config-cost -- [--trials 20]
 * [--seconds 10]`. The crud service as a config and as bench/ declares it, in turns, a fresh process and database each.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunResult } from '../../src/model/run-result.ts';
import { countedTrials, type Measurement } from '../../src/model/trial.ts';
import { median } from '../../src/stats/descriptive.ts';
import { signedRankEstimate } from '../../src/stats/rank-tests.ts';
import { builtInRun, crudConfig } from '../../test/support/crud-config.ts';
import { makeWorkspace, paceline, removeWorkspace } from '../../test/support/paceline.ts';
import { readCommandLine } from '../command-line.ts';

const { values: options } = readCommandLine({
  options: { trials: { type: 'string', default: '20' }, seconds: { type: 'string', default: '10' } },
});
const trialCount = Number(options.trials);
const asked = { durationSec: Number(options.seconds), warmupCount: 500 };
const root = resolve(import.meta.dirname, '..', '..');

interface Pair {
  readonly config: Measurement;
  readonly builtIn: Measurement;
}

const workspace = await makeWorkspace();
try {
  const dir = workspace.file('project');
  await mkdir(dir);
  for (const [name, text] of Object.entries(await crudConfig(asked))) await writeFile(join(dir, name), text);
  const pairs: Pair[] = [];
  for (let made = 0; made < trialCount; made += 1) {
    const sides = {
      config: () => measured(['run', 'quick'], dir),
      builtIn: () => measured(builtInRun(asked), root),
    };
    // Which comes first changes, so that a drift falls on both alike.
    const first = made % 2 === 0 ? 'config' : 'builtIn';
    const [one, other] = [await sides[first](), await sides[first === 'config' ? 'builtIn' : 'config']()];
    if (one === null || other === null) console.error(`pair ${made + 1}: a trial does not count`);
    else pairs.push(first === 'config' ? { config: one, builtIn: other } : { config: other, builtIn: one });
  }
  print(pairs);
} finally {
  await removeWorkspace(workspace);
}

/** null: its trial does not count. */
async function measured(args: readonly string[], cwd: string): Promise<Measurement | null> {
  const out = workspace.file('result.json');
  const { exitCode, stderr } = await paceline([...args, '--no-report', '--out', out], { cwd, env: workspace.env });
  if (exitCode !== 0) throw new Error(stderr);
  const { trials } = JSON.parse(await readFile(out, 'utf8')) as RunResult;
  return countedTrials(trials)[0]?.measurement ?? null;
}

function print(pairs: readonly Pair[]): void {
  const figures: Readonly<Record<string, (measurement: Measurement) => number | null>> = {
    'CPU per request': ({ cpu }) => cpu.target?.perRequestMs ?? null,
    'response p50': ({ load }) => load?.responseTime.p50Ms ?? null,
    'private memory loaded': ({ memory }) => memory.medianBytes,
  };
  console.log(`config ÷ built-in, ${pairs.length} of ${trialCount} pairs, with 95 % intervals`);
  for (const [name, read] of Object.entries(figures)) {
    const logs = pairs.flatMap(({ config, builtIn }) => {
      const [own, other] = [read(config), read(builtIn)];
      return own === null || other === null ? [] : [Math.log(own / other)];
    });
    const estimate = signedRankEstimate(logs, 0.95);
    console.log(`${name}: ${estimate === null ? 'not known' : ratioText(estimate)}`);
  }
  const sampling = pairs.flatMap(({ config, builtIn }) =>
    [config, builtIn].flatMap(({ probe }) => probe?.samplingCoresUsed ?? []),
  );
  const [middle, most] = [median(sampling) ?? 0, Math.max(0, ...sampling)];
  console.log(`sampling: ${(100 * middle).toFixed(2)} % of a core in the median, ${(100 * most).toFixed(2)} % at most`);
}

function ratioText({ value, interval }: NonNullable<ReturnType<typeof signedRankEstimate>>): string {
  const text = (log: number) => Math.exp(log).toFixed(3);
  return `${text(value)}${interval === null ? ', too few pairs for an interval' : ` [${text(interval.low)}, ${text(interval.high)}]`}`;
}
