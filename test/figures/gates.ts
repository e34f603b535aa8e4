/*
 * The same trials under three gates: `npm run gates -- FOLDER` takes every pair of result files that `ci` left below it (`…-base.json`,
 * `…-head.json`) and counts in how many each gate finds CPU per request worse: paceline (one set of pairs, unconfirmed), benchstat
 * (p < 0.05 and a rise; fetched by Go), and github-action-benchmark's rule (head's value above so many per cent of base's; its default is 200 %).
 * Give it a series of A/A runs and it counts false alarms; one with a burden (`npm run power`), and what is not found is missed.
 */

import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gate } from '../../bench/gate.ts';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { goBenchmarkText } from '../../src/compare/export/benchstat.ts';
import type { Comparison } from '../../src/model/comparison.ts';
import { readResult } from '../../src/store/result-file.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: npm run gates -- FOLDER\n');
  process.exit(2);
}

const benchstat = 'golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da';
const thresholds = [1.05, 1.1, 1.5, 2];
const options = { policy: gate, minEffectRatio: null, floors: new Map<string, number>(), waivers: [], today: '' };
const names = (await readdir(folder, { recursive: true })).filter((name) => /-(ci|aa)-base\.json$/.test(name)).sort();
const counts = new Map<string, number>();
for (const name of names) await judge(join(folder, name));
process.stdout.write(`| gate | CPU per request worse, of ${names.length} pairs of files |\n| --- | ---: |\n`);
for (const [gateName, count] of counts) process.stdout.write(`| ${gateName} | ${count} |\n`);

async function judge(basePath: string): Promise<void> {
  const directory = join(basePath, '..');
  const all = await readdir(directory);
  const [stamp = ''] = basePath.split('/').at(-1)?.split('-') ?? [];
  const headName = all.find((name) => name.startsWith(stamp) && /-(ci|aa)-head\.json$/.test(name));
  if (headName === undefined) throw new Error(`${basePath} has no head beside it`);
  const [base, head] = await Promise.all([basePath, join(directory, headName)].map(readResult));
  if (base === undefined || head === undefined) return;
  const cpu = compareRuns(base, head, options).comparisons.filter(
    ({ metricId, role }) => metricId === 'cpu-per-request' && role === 'gated',
  );
  count(
    'paceline',
    cpu.some(({ verdict }) => verdict.kind === 'worse'),
  );
  const text = goBenchmarkText([
    { side: 'base', run: base },
    { side: 'head', run: head },
  ]);
  count('benchstat', await benchstatRises(text));
  for (const threshold of thresholds) {
    count(
      `github-action-benchmark at ${Math.round(100 * threshold)} %`,
      cpu.some((one) => quotient(one) > threshold),
    );
  }
}

function count(gateName: string, isWorse: boolean): void {
  counts.set(gateName, (counts.get(gateName) ?? 0) + (isWorse ? 1 : 0));
}

/** Of the values that its export writes: the medians. */
function quotient({ base, head }: Comparison): number {
  return (head?.value ?? 0) / (base?.value ?? Number.POSITIVE_INFINITY);
}

/** "+6.13%" in the column `vs base`; "~" is no difference at p 0.05. */
async function benchstatRises(text: string): Promise<boolean> {
  const scratch = await mkdtemp(join(tmpdir(), 'paceline-gates-'));
  try {
    const file = join(scratch, 'trials.txt');
    await writeFile(file, text);
    const filter = ['-filter', '.unit:cpu-per-request-sec', '-col', 'side', '-format', 'csv'];
    const csv = execFileSync('go', ['run', benchstat, ...filter, file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /,\+[\d.]+%,/.test(csv);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
