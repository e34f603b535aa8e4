/*
 * Whether the load generator's memory is flat in the number of requests: `npm run generator-memory -- [--requests 10000000]
 * [--rate 20000] [--target URL]` drives the null target and prints the generator's resident set as the requests pass (ten million
 * at 20,000/s are nine minutes), and how long the generator takes from its start to its first due request.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GeneratorProgress, startGenerator } from '../../src/load/generator.ts';
import { cacheDir } from '../../src/run/paths.ts';
import { readCommandLine } from '../command-line.ts';

const programPath = fileURLToPath(new URL('../../src/target/null-target.ts', import.meta.url));

/** The null target of src/load in a process of its own, which the caller ends. */
export async function startNullTarget(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [programPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { url: String(line).trim(), child };
}

// As bin/paceline.mjs does for every command.
enableCompileCache(join(cacheDir(process.env), 'compiled'));

const { values: options } = readCommandLine({
  options: {
    requests: { type: 'string', default: '10000000' },
    rate: { type: 'string', default: '20000' },
    target: { type: 'string' },
  },
});
const ratePerSec = Number(options.rate);
const requestCount = Number(options.requests);
const shownCount = 20;
const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const nowNs = () => Number(process.hrtime.bigint());

const target = options.target === undefined ? await startNullTarget() : { url: options.target, child: null };
let shown = 0;
let mostMib = 0;
const startedNs = nowNs();
const loadGenerator = await startGenerator({
  workloadPath: pathOf('../../bench/echo/workloads/echo.ts'),
  targetUrl: target.url,
  loadPlan: {
    ...{ arrivals: 'constant', ratePerSec, steps: null, warmupCount: 0, warmupRatePerSec: 1, seed: 1 },
    measureMs: (requestCount / ratePerSec) * 1000,
    ...{ drainMs: 5_000, timeoutMs: 5_000, maxInFlightCount: 10_000, connectionCount: 50 },
  },
  ...{ joinPaths: [], niceness: -10, signal: new AbortController().signal },
  onProgress: (progress) => void look(progress),
});
try {
  const firstDueNs = nowNs() + 5e6;
  console.log(`start-up to the first due request: ${((firstDueNs - startedNs) / 1e6).toFixed(0)} ms`);
  const { counts, generator, seconds } = await loadGenerator.measure(firstDueNs, () => undefined);
  console.log(`${counts.okCount} of ${counts.scheduledCount} answered, ${seconds.length} seconds kept`);
  console.log(
    `resident at most ${mostMib.toFixed(0)} MiB, at the end ${(generator.rssBytes / 2 ** 20).toFixed(0)} MiB`,
  );
} finally {
  await loadGenerator.stop();
  target.child?.kill();
}

async function look({ counts }: GeneratorProgress): Promise<void> {
  const status = await readFile(`/proc/${loadGenerator.pid}/status`, 'utf8').catch(() => '');
  const residentMib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  mostMib = Math.max(mostMib, residentMib);
  if (counts.scheduledCount < (shown * requestCount) / shownCount) return;
  shown++;
  console.log(`${String(counts.scheduledCount).padStart(9)} requests  ${residentMib.toFixed(0).padStart(4)} MiB`);
}
