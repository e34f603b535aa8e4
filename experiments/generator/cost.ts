/*
 * What the load generator costs and how even it is, rate by rate: `npm run generator-cost -- [--rate 100,1000,…] [--seconds 8]
 * [--connections 50] [--repeat 1] [--warmup N] [--oha PATH]`. Against the Go null target of experiments/generator, which tells when requests
 * reached it; with oha beside it, in turns. For profiling; the comparison that counts is `npm run bench:peers`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startGenerator } from '../../src/load/generator.ts';
import { assessGenerator } from '../../src/model/generator-assessment.ts';
import type { LoadPlan } from '../../src/model/scenario.ts';
import { readCommandLine } from '../command-line.ts';
import { startNullTarget } from './null-target.ts';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const { values: options } = readCommandLine({
  options: {
    rate: { type: 'string', default: '100,1000,5000,20000' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '50' },
    repeat: { type: 'string', default: '1' },
    niceness: { type: 'string', default: '-10' },
    warmup: { type: 'string' },
    oha: { type: 'string' },
    transport: { type: 'string' },
  },
});
const rates = options.rate.split(',').map(Number);
const seconds = Number(options.seconds);
const connectionCount = Number(options.connections);

interface Row {
  readonly tool: string;
  readonly ratePerSec: number;
  readonly userMicros: number;
  readonly systemMicros: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly note: string;
}

const target = await startNullTarget(new AbortController().signal);
print(['tool', 'rate/s', 'µs/req', 'user', 'system', 'p50 ms', 'p99 ms', 'arrival CV', '>2x', 'note']);
try {
  for (let repetition = 0; repetition < Number(options.repeat); repetition++) {
    for (const ratePerSec of rates) {
      await show(await driveOurs(ratePerSec));
      if (options.oha !== undefined) await show(await driveOha(options.oha, ratePerSec));
    }
  }
} finally {
  await target.stop();
}

async function driveOurs(ratePerSec: number): Promise<Row> {
  const loadPlan: LoadPlan = {
    ...{ arrivals: 'constant', ratePerSec, steps: null, warmupCount: 0, warmupRatePerSec: 1, seed: 1 },
    ...{ measureMs: seconds * 1000, drainMs: 1_000, timeoutMs: 5_000, maxInFlightCount: 10_000, connectionCount },
  };
  const generator = await startGenerator({
    ...{ workloadPath: pathOf('../../bench/echo/workloads/echo.ts'), targetUrl: target.url, loadPlan, joinPaths: [] },
    ...{
      niceness: Number(options.niceness),
      transport: transportOf(options.transport),
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
  });
  try {
    const warmupCount = Number(options.warmup ?? Math.min(20_000, Math.max(1_000, 2 * ratePerSec)));
    if (warmupCount > 0) await generator.warmUp(warmupCount, Math.min(5_000, Math.max(1_000, ratePerSec)));
    await target.reset('null');
    const result = await generator.measure(Number(process.hrtime.bigint()) + 50e6, () => undefined);
    const { generator: usage, counts, responseTime, generatorDelay } = result;
    const verdict = assessGenerator(result);
    const reasons = verdict.status === 'valid' ? '' : verdict.reasons.map(({ code }) => code).join(' ');
    const loop = `loop ${(100 * usage.eventLoopUtilizationRatio).toFixed(0)} %`;
    return {
      ...{ tool: 'paceline', ratePerSec, p50Ms: responseTime.p50Ms, p99Ms: responseTime.p99Ms },
      userMicros: (1000 * usage.cpuUserMs) / counts.sentCount,
      systemMicros: (1000 * usage.cpuSystemMs) / counts.sentCount,
      note: `late ${generatorDelay.p50Ms?.toFixed(2)}/${generatorDelay.p99Ms?.toFixed(2)} send CV ${usage.sendGapCv?.toFixed(2)} ok ${counts.okCount}/${counts.scheduledCount} ${loop} gc ${usage.gcMs.toFixed(0)} ${((usage.wakeupCount ?? 0) / counts.sentCount).toFixed(2)} wake-ups conns ${usage.connectionsOpenedCount} rss ${(usage.rssBytes / 2 ** 20).toFixed(0)} ${reasons}`,
    };
  } finally {
    await generator.stop();
  }
}

function transportOf(text: string | undefined): 'native' | 'portable' | null {
  return text === 'native' || text === 'portable' ? text : null;
}

/** oha with latency correction; its CPU is that of `time`'s child. */
async function driveOha(path: string, ratePerSec: number): Promise<Row> {
  const run = async (secondCount: number) => {
    const command = `TIMEFORMAT='cpu %U %S'; time '${path}' --no-tui --output-format json --latency-correction -q ${ratePerSec} -c ${connectionCount} -z ${secondCount}s '${target.url}echo'`;
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let spent = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (spent += text));
    await once(child, 'close');
    const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(spent) ?? [];
    return { report: JSON.parse(output), userMs: Number(user) * 1000, systemMs: Number(system) * 1000 };
  };
  await target.reset('null');
  const { report, userMs, systemMs } = await run(seconds);
  const sentCount = seconds * ratePerSec;
  return {
    ...{
      tool: 'oha',
      ratePerSec,
      p50Ms: report.latencyPercentiles.p50 * 1000,
      p99Ms: report.latencyPercentiles.p99 * 1000,
    },
    userMicros: (1000 * userMs) / sentCount,
    systemMicros: (1000 * systemMs) / sentCount,
    note: `${report.summary.requestsPerSec.toFixed(0)}/s`,
  };
}

async function show(row: Row): Promise<void> {
  const dueCount = seconds * row.ratePerSec;
  const { arrivalGapCv, buckets } = await target.report({ skipMs: 0, ratePerSec: row.ratePerSec, dueCount });
  const figures = [row.userMicros + row.systemMicros, row.userMicros, row.systemMicros].map((micros) =>
    micros.toFixed(1),
  );
  const latencies = [row.p50Ms, row.p99Ms].map((ms) => ms?.toFixed(2) ?? '–');
  const overTwice = buckets === null ? '–' : `${(100 * buckets.overTwiceEvenRatio).toFixed(1)} %`;
  const evenness = [arrivalGapCv?.toFixed(2) ?? '–', overTwice];
  print([row.tool, String(row.ratePerSec), ...figures, ...latencies, ...evenness, row.note]);
  await sleep(200);
}

function print(cells: readonly string[]): void {
  const widths = [9, 7, 8, 8, 8, 7, 7, 10, 7];
  process.stdout.write(`${cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join(' ')}\n`);
}
