/*
 * Known answers: fixtures whose latency, CPU and memory are known beforehand, measured by a whole run. Prints expected
 * beside measured. `npm run known-answers -- [--trials 1] [--transport native|portable] [--page docs/explanation/known-answers.md]`: about
 * five minutes a trial of each; --page writes the table between the page's marks.
 */
import { join } from 'node:path';
import { guarded } from '../../src/cli/output.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { asDeclared } from '../../src/model/run-result.ts';
import type { Measurement } from '../../src/model/trial.ts';
import { abortOnSignals } from '../../src/os/interruption.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { runScenario } from '../../src/run/run-scenario.ts';
import { median, quantile } from '../../src/stats/descriptive.ts';
import { decode, merge, percentileMs } from '../../src/stats/histogram.ts';
import { readCommandLine } from '../command-line.ts';
import { assertSection, markdownTable, writeSection } from '../marked-page.ts';

const fixturesDir = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'impls');
const burnModes = ['burn', 'burn-threads', 'burn-children'];
const faults = ['close-later', 'reset-later', 'wrong-later', 'burst-later'];
const globs = [
  'slow',
  'drip',
  'stall',
  'freeze',
  'freeze-second',
  ...faults,
  ...burnModes,
  ...burnModes.map((id) => `${id}-zero`),
];
const slowMs = 20;
const pause = { everyCount: 200, lengthMs: 500 };
/** test/fixtures/impls/drip: one gap of 1 ms between each two bytes of its answer. */
const dripMs = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok'.length - 1;
const burnMs = 5;
const heldMib = 50;

interface Line {
  readonly what: string;
  readonly expected: number;
  readonly measured: number | null;
  readonly unit: string;
}

const { values } = readCommandLine({
  options: { trials: { type: 'string', default: '1' }, transport: { type: 'string' }, page: { type: 'string' } },
});
const { transport, page } = values;
const sectionId = 'known-answers';
if (page !== undefined) assertSection(page, sectionId);
const { result } = await runScenario(
  {
    scenario: 'known-answers',
    implementationGlobs: globs,
    runtimes: [],
    engine: 'paceline',
    variants: null,
    implementationDirs: [fixturesDir],
    overrides: {
      workload: null,
      ratesPerSec: null,
      trialCount: Number(values.trials),
      measureMs: null,
      warmupCount: null,
      workerCount: null,
      crashCount: null,
      only: null,
      memoryLimitBytes: null,
    },
    limit: null,
    probe: null,
    transport: transport === 'native' || transport === 'portable' ? transport : null,
    maxAttempts: 3,
    profileIds: [],
    out: null,
    saveReference: false,
    ranking: asDeclared,
    until: null,
    command: 'npm run known-answers',
  },
  { signal: abortOnSignals(), env: process.env, project: checkoutProject },
  createProgress(guarded(process.stderr), { nowMs: () => performance.now(), verbose: false }),
);

const [cell] = result.scenario.entries;
const gapMs = 1000 / (cell?.ratesPerSec[0] ?? Number.NaN);
const table = tableText([
  ...slowLines(),
  ...dripLines(),
  ...stallLines(),
  ...freezeLines('freeze', pause.lengthMs),
  ...freezeLines('freeze-second', 1_000),
  ...faultLines(),
  ...burnModes.flatMap(burnLines),
]);
process.stdout.write(`${table}\n`);
if (page !== undefined) writeSection(page, sectionId, table);
process.exit(0);

function measurementsOf(id: string): Measurement[] {
  return result.trials.flatMap((trial) =>
    trial.status === 'ok' && trial.spec.implementation === id ? [trial.measurement] : [],
  );
}

function medianOf(id: string, from: (measurement: Measurement) => number | null): number | null {
  return median(
    measurementsOf(id)
      .map(from)
      .filter((value) => value !== null),
  );
}

function slowLines(): Line[] {
  return [
    {
      what: 'sleeps 20 ms: service p50',
      expected: slowMs,
      measured: medianOf('slow', ({ load }) => load?.serviceTime.p50Ms ?? null),
      unit: 'ms',
    },
    {
      what: 'sleeps 20 ms: response p50',
      expected: slowMs,
      measured: medianOf('slow', ({ load }) => load?.responseTime.p50Ms ?? null),
      unit: 'ms',
    },
    {
      what: 'sleeps 20 ms: response p90',
      expected: slowMs,
      measured: medianOf('slow', ({ load }) => load?.responseTime.p90Ms ?? null),
      unit: 'ms',
    },
  ];
}

function dripLines(): Line[] {
  const service = medianOf('drip', ({ load }) => load?.serviceTime.p50Ms ?? null);
  return [{ what: 'a byte each ms: service p50', expected: dripMs, measured: service, unit: 'ms' }];
}

/**
 * Faults are counts, exact but for the cycle that the window cuts: a close between two requests costs none of them, a reset
 * is one failure in 20, a wrong answer is wrong, a burst of 20 in 100 answers 503.
 */
function faultLines(): Line[] {
  return [
    {
      what: 'closes one connection in 10: ok',
      expected: 100,
      measured: faultPercent('close-later', 'okCount'),
      unit: '%',
    },
    { what: 'resets each 20th: failed', expected: 5, measured: faultPercent('reset-later', 'failedCount'), unit: '%' },
    { what: 'all wrong: wrong', expected: 100, measured: faultPercent('wrong-later', 'wrongCount'), unit: '%' },
    { what: '20 of 100 are 503: wrong', expected: 20, measured: faultPercent('burst-later', 'wrongCount'), unit: '%' },
  ];
}

/** Of what was due, over all trials, whatever they were judged to be: here a failed trial is the right one. */
function faultPercent(id: string, count: 'okCount' | 'wrongCount' | 'failedCount'): number | null {
  const all = result.trials.flatMap(({ spec, measurement }) =>
    spec.implementation === id ? (measurement?.load?.counts ?? []) : [],
  );
  if (all.length === 0) return null;
  const sum = (name: 'scheduledCount' | typeof count) => all.reduce((total, counts) => total + counts[name], 0);
  return (100 * sum(count)) / sum('scheduledCount');
}

/** One answer in 200 is 500 ms late: with the others in order, anything up to p99.5 is quick, and above it is not. */
function stallLines(): Line[] {
  const waits = Array.from({ length: pause.everyCount }, (_, index) => (index === 0 ? pause.lengthMs : 0));
  return percentileLines('stall', 'one answer of 200 is 500 ms late', waits, [50, 99, 99.7]);
}

/**
 * A request due k gaps after the freeze began waits for what is left of it, and for those before it, which are answered
 * one after another at the fixture's own cost; the others wait for nothing.
 */
function freezeLines(id: string, lengthMs: number): Line[] {
  const costMs = medianOf(id, ({ cpu }) => cpu.target?.perRequestMs ?? null) ?? Number.NaN;
  const waits = Array.from({ length: pause.everyCount }, (_, index) => {
    const leftMs = lengthMs - index * gapMs;
    return leftMs <= 0 ? 0 : leftMs + index * costMs;
  });
  return percentileLines(id, `all stand still for ${lengthMs} ms each 200th`, waits, [50, 90, 95, 99]);
}

function percentileLines(id: string, what: string, waits: readonly number[], percentiles: readonly number[]): Line[] {
  return percentiles.map((percentile) => ({
    what: `${what}: response p${percentile}`,
    expected: quantile(Array.from({ length: 9 }, () => waits).flat(), percentile / 100) ?? Number.NaN,
    measured: pooledPercentileMs(id, percentile),
    unit: 'ms',
  }));
}

function pooledPercentileMs(id: string, percentile: number): number | null {
  const [first, ...others] = measurementsOf(id).flatMap(({ load }) =>
    load === null ? [] : [decode(load.responseTime.hdrHistogram)],
  );
  if (first === undefined) return null;
  for (const other of others) merge(first, other);
  return percentileMs(first, percentile);
}

/** The difference between the fixture and itself doing nothing: what a runtime costs by itself falls out. */
function burnLines(id: string): Line[] {
  const difference = (from: (measurement: Measurement) => number | null) => {
    const [burning, idle] = [medianOf(id, from), medianOf(`${id}-zero`, from)];
    return burning === null || idle === null ? null : burning - idle;
  };
  const held = difference(({ memory }) => memory.idleBytes);
  return [
    {
      what: `${id}: CPU a request`,
      expected: burnMs,
      measured: difference(({ cpu }) => cpu.target?.perRequestMs ?? null),
      unit: 'ms',
    },
    { what: `${id}: private memory`, expected: heldMib, measured: held === null ? null : held / 2 ** 20, unit: 'MiB' },
  ];
}

function tableText(lines: readonly Line[]): string {
  const { cpuModel, coreCount } = result.machine;
  const origin = `${cpuModel}, ${coreCount} cores, ${result.startedAt.slice(0, 10)}; trials of each: ${values.trials}.`;
  const rows = lines.map(({ what, expected, measured, unit }) => {
    const off = measured === null ? null : measured - expected;
    return [
      what,
      `${figure(expected)} ${unit}`,
      measured === null ? 'no trial counts' : `${figure(measured)} ${unit}`,
      off === null ? '–' : `${figure(off)} ${unit}`,
      off === null || expected === 0 ? '–' : `${((100 * off) / expected).toFixed(1)} %`,
    ];
  });
  return `${origin}\n\n${markdownTable(['known answer', 'expected', 'measured', 'off by', 'off by %'], rows)}`;
}

function figure(value: number): string {
  return value.toFixed(2);
}
