import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a generator is asked for. */
export interface LoadOrder {
  readonly url: string;
  readonly ratePerSec: number;
  readonly seconds: number;
  readonly connectionCount: number;
}

/** What a generator says of itself; null where it does not say. */
export interface ReportedLatency {
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  /** Its resident memory, where it says so. */
  readonly residentMib?: number;
}

/** An installed generator: the command that drives, and how its output is read. */
export interface Tool {
  readonly id: string;
  readonly version: string;
  /** No generator but what a generator is made of: only driven against the target that answers at once. */
  readonly isBaseline?: boolean;
  /** argv and what stands on its standard input. */
  command(order: LoadOrder): {
    readonly argv: readonly string[];
    readonly input: string;
    readonly env?: Record<string, string>;
  };
  readClaim(stdout: Buffer): ReportedLatency;
}

export const rootDir = join(import.meta.dirname, '..', '..');

export function oursAt(nodePath: string): Tool {
  return {
    id: 'paceline',
    version: 'this commit',
    command: ({ url, ratePerSec, seconds, connectionCount }) => ({
      argv: [
        ...[
          nodePath,
          join(rootDir, 'bin', 'paceline.mjs'),
          'load',
          url,
          '--json',
          '--skip-preflight',
          '--allow',
          'rate',
        ],
        ...['--rate', `${ratePerSec}`, '--duration', `${seconds}`, '--connections', `${connectionCount}`],
      ],
      input: '',
    }),
    readClaim: readOurs,
  };
}

/** Sends `burstCount` requests at once, at the same rate: less evenly, and cheaper. */
export function cSenderAt(path: string, burstCount: number): Tool {
  return {
    id: burstCount === 1 ? 'c-sender' : `c-sender ×${burstCount}`,
    version: `bursts of ${burstCount}`,
    isBaseline: true,
    command: ({ url, ratePerSec, seconds, connectionCount }) => {
      const { hostname, port } = new URL(url);
      const order = [ratePerSec, seconds, connectionCount, burstCount].map(String);
      return { argv: [path, hostname, port, ...order], input: '' };
    },
    readClaim: (stdout) => {
      const { p50Ms, p90Ms, p99Ms } = JSON.parse(stdout.toString()) as Record<'p50Ms' | 'p90Ms' | 'p99Ms', number>;
      return { p50Ms, p90Ms, p99Ms };
    },
  };
}

interface OurOutput {
  readonly load: {
    readonly responseTime: {
      readonly p50Ms: number | null;
      readonly p90Ms: number | null;
      readonly p99Ms: number | null;
    };
    readonly generator: { readonly threadCount: number; readonly rssBytes: number };
  };
}

function parseOurs(stdout: Buffer): OurOutput {
  return JSON.parse(stdout.toString()) as OurOutput;
}

export function readOurs(stdout: Buffer): ReportedLatency {
  const { responseTime, generator } = parseOurs(stdout).load;
  const { p50Ms, p90Ms, p99Ms } = responseTime;
  return { p50Ms, p90Ms, p99Ms, residentMib: generator.rssBytes / 2 ** 20 };
}

export function ohaAt(path: string, version: string): Tool {
  return {
    id: 'oha',
    version,
    command: ({ url, ratePerSec, seconds, connectionCount }) => ({
      argv: [
        ...[path, '--no-tui', '--latency-correction', '-w', '--output-format', 'json'],
        ...['-z', `${seconds}s`, '-q', `${ratePerSec}`, '-c', `${connectionCount}`, url],
      ],
      input: '',
    }),
    readClaim: readOha,
  };
}

export function readOha(stdout: Buffer): ReportedLatency {
  const { latencyPercentiles: of } = JSON.parse(stdout.toString()) as {
    latencyPercentiles: Record<string, number | null>;
  };
  const ms = (name: string) => (of[name] == null ? null : of[name] * 1e3);
  return { p50Ms: ms('p50'), p90Ms: ms('p90'), p99Ms: ms('p99') };
}

export function vegetaAt(path: string, version: string): Tool {
  return {
    id: 'vegeta',
    version,
    command: ({ url, ratePerSec, seconds, connectionCount }) => ({
      argv: [
        ...[path, 'attack', `-rate=${ratePerSec}/1s`, `-duration=${seconds}s`, '-timeout=10s'],
        ...[`-workers=${connectionCount}`, `-connections=${connectionCount}`],
      ],
      input: `GET ${url}\n`,
    }),
    // Its report is a program of its own and no part of what driving costs.
    readClaim: (attack) => readVegeta(spawnSync(path, ['report', '-type=json'], { input: attack }).stdout),
  };
}

export function readVegeta(report: Buffer): ReportedLatency {
  const { latencies } = JSON.parse(report.toString()) as { latencies: Record<string, number> };
  const ms = (name: string) => (latencies[name] ?? Number.NaN) / 1e6;
  return { p50Ms: ms('50th'), p90Ms: ms('90th'), p99Ms: ms('99th') };
}

export function k6At(path: string, version: string): Tool {
  return {
    id: 'k6',
    version,
    command: ({ url, ratePerSec, seconds, connectionCount }) => {
      const settings = { URL: url, RATE: `${ratePerSec}`, DURATION: `${seconds}s`, VUS: `${connectionCount}` };
      const given = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
      const script = join(import.meta.dirname, 'k6-script.js');
      return { argv: [path, 'run', '--quiet', '--no-usage-report', ...given, script], input: '' };
    },
    readClaim: readK6,
  };
}

export function readK6(stdout: Buffer): ReportedLatency {
  const metrics = JSON.parse(stdout.toString()) as { http_req_duration?: { values: Record<string, number> } };
  const values = metrics.http_req_duration?.values;
  if (values === undefined) return { p50Ms: null, p90Ms: null, p99Ms: null };
  return { p50Ms: values['p(50)'] ?? null, p90Ms: values['p(90)'] ?? null, p99Ms: values['p(99)'] ?? null };
}

export function autocannonAt(nodePath: string, version: string): Tool {
  return {
    id: 'autocannon',
    version,
    command: ({ url, ratePerSec, seconds, connectionCount }) => ({
      argv: [
        ...[nodePath, join(rootDir, 'node_modules', 'autocannon', 'autocannon.js'), '--json', '--no-progress'],
        // It refuses fewer requests a second than connections.
        ...['-c', `${Math.min(connectionCount, ratePerSec)}`, '-R', `${ratePerSec}`, '-d', `${seconds}`, url],
      ],
      input: '',
    }),
    readClaim: readAutocannon,
  };
}

export function readAutocannon(stdout: Buffer): ReportedLatency {
  const { latency } = JSON.parse(stdout.toString()) as { latency: Record<string, number> };
  return { p50Ms: latency.p50 ?? null, p90Ms: latency.p90 ?? null, p99Ms: latency.p99 ?? null };
}

export function wrk2At(path: string): Tool {
  return {
    id: 'wrk2',
    version: 'on PATH',
    command: ({ url, ratePerSec, seconds, connectionCount }) => ({
      argv: [path, '-t1', `-c${connectionCount}`, `-d${seconds}s`, `-R${ratePerSec}`, '--latency', url],
      input: '',
    }),
    readClaim: readWrk2,
  };
}

const unitMs: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 6e4 };

export function readWrk2(stdout: Buffer): ReportedLatency {
  const text = stdout.toString();
  const at = (percentile: string) => {
    const [, value, unit = ''] = new RegExp(`^\\s*${percentile}%\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(text) ?? [];
    return value === undefined ? null : Number(value) * (unitMs[unit] ?? Number.NaN);
  };
  return { p50Ms: at('50\\.000'), p90Ms: at('90\\.000'), p99Ms: at('99\\.000') };
}

export function fortioAt(path: string): Tool {
  return {
    id: 'fortio',
    version: 'on PATH',
    command: ({ url, ratePerSec, seconds, connectionCount }) => ({
      argv: [
        ...[path, 'load', '-quiet', '-uniform', '-p', '50,90,99', '-json', '-'],
        ...['-qps', `${ratePerSec}`, '-c', `${connectionCount}`, '-t', `${seconds}s`, url],
      ],
      input: '',
    }),
    readClaim: readFortio,
  };
}

export function readFortio(stdout: Buffer): ReportedLatency {
  const { DurationHistogram: histogram } = JSON.parse(stdout.toString()) as {
    DurationHistogram: { Percentiles: readonly { Percentile: number; Value: number }[] };
  };
  const at = (wanted: number) => {
    const found = histogram.Percentiles.find(({ Percentile }) => Percentile === wanted);
    return found === undefined ? null : found.Value * 1e3;
  };
  return { p50Ms: at(50), p90Ms: at(90), p99Ms: at(99) };
}
