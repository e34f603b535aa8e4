import { readFile } from 'node:fs/promises';
import { HarnessError } from '../model/harness-error.ts';
import type { LoadPlan } from '../model/scenario.ts';
import { isThisMachine } from '../os/this-machine.ts';
import type { Baseline } from '../report/baseline.ts';
import type { RequestSpec } from '../run/request-workload.ts';
import { createSchedule } from '../stats/schedule.ts';

export interface LoadFlags {
  readonly rate: number;
  readonly duration: number;
  readonly arrivals: 'constant' | 'poisson';
  readonly method?: RequestSpec['method'];
  readonly header?: string[];
  readonly body?: string;
  readonly expectStatus?: number;
  readonly connections: number;
  readonly threads: number;
  readonly transport?: 'native' | 'portable';
  readonly timeout: number;
  readonly warmup: number;
  readonly seed: number;
  readonly allow?: string[];
  readonly skipPreflight?: boolean;
  readonly pid?: number;
  readonly cgroup?: string;
  readonly container?: string;
  readonly hdr?: string;
  readonly json?: boolean;
}

export interface LoadRequest {
  /** http://host:port */
  readonly origin: string;
  readonly host: string;
  readonly spec: RequestSpec;
  readonly loadPlan: LoadPlan;
  readonly threadCount: number;
  /** null: the native loop where it is known to work. */
  readonly transport: 'native' | 'portable' | null;
}

export const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
] as const satisfies readonly RequestSpec['method'][];

/** More than that at once are counted as unsent, however long the time-out. */
const maxInFlight = 50_000;
const minInFlight = 1_000;

/** What the flags ask for. Throws HarnessError usage that names what is wrong. */
export async function loadRequestOf(text: string, flags: LoadFlags): Promise<LoadRequest> {
  const url = parseUrl(text);
  if (flags.threads > flags.connections) {
    throw usage(`${flags.threads} threads cannot share ${flags.connections} connections`, 'give each at least one');
  }
  const loadPlan = loadPlanOf(flags);
  if (createSchedule(loadPlan).offsetNs(0) >= loadPlan.measureMs * 1e6) {
    throw usage(`no request falls due within ${flags.duration} s`, 'ask for a longer --duration or another --seed');
  }
  return {
    origin: url.origin,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    spec: {
      method: flags.method ?? (flags.body === undefined ? 'GET' : 'POST'),
      path: `${url.pathname}${url.search}`,
      headers: parseHeaders(flags.header ?? []),
      bodyBase64: flags.body === undefined ? null : (await bodyOf(flags.body)).toString('base64'),
      expectedStatus: flags.expectStatus ?? null,
    },
    loadPlan,
    threadCount: flags.threads,
    transport: flags.transport ?? null,
  };
}

function loadPlanOf({ rate, duration, arrivals, connections, timeout, warmup, seed }: LoadFlags): LoadPlan {
  const timeoutMs = timeout * 1000;
  const maxAtOnce = Math.ceil(rate * timeout);
  return {
    arrivals,
    ratePerSec: rate,
    steps: null,
    warmupCount: warmup,
    warmupRatePerSec: rate,
    measureMs: duration * 1000,
    drainMs: timeoutMs,
    timeoutMs,
    maxInFlightCount: Math.min(maxInFlight, Math.max(minInFlight, maxAtOnce)),
    connectionCount: connections,
    seed,
  };
}

/** Parsers of the command line, which keep the text: what is wrong in it is reported with everything else. */
export function checkedUrl(text: string): string {
  parseUrl(text);
  return text;
}

export function checkedHeader(line: string): string {
  parseHeader(line);
  return line;
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw usage(`"${text}" is no http URL`, 'give it whole, as http://127.0.0.1:8080/path');
  }
  if (url.username !== '' || url.password !== '') {
    throw usage('the URL holds a user name or password', "send it as a header: --header 'authorization: Basic …'");
  }
  return url;
}

const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*)$/;
/** A character is a byte on the wire (RFC 9110, section 5.5). */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** The transport's own. */
const transportHeaders = ['content-length', 'connection', 'transfer-encoding'];

function parseHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, value } of lines.map(parseHeader)) addHeader(headers, name.toLowerCase(), value);
  return headers;
}

function parseHeader(line: string): { readonly name: string; readonly value: string } {
  const [, name, value = ''] = headerLine.exec(line) ?? [];
  if (name === undefined) throw usage(`--header "${line}" is no header`, "write it as 'Name: value'");
  if (transportHeaders.includes(name.toLowerCase()))
    throw usage(`--header "${name}" is set by the transport`, 'leave it out');
  if (!headerValue.test(value))
    throw usage(`--header "${name}" holds a character that no header can carry`, 'encode it, as %E2%82%AC');
  return { name, value };
}

/** Several of one name are one list (RFC 9110, section 5.3); cookies have a separator of their own. */
function addHeader(headers: Record<string, string>, name: string, value: string): void {
  const former = headers[name];
  if (former !== undefined && name === 'host') throw usage('--header "host" is given twice', 'a request has one host');
  headers[name] = former === undefined ? value : `${former}${name === 'cookie' ? '; ' : ', '}${value}`;
}

async function bodyOf(text: string): Promise<Buffer> {
  if (!text.startsWith('@')) return Buffer.from(text);
  return readFile(text.slice(1)).catch((error: NodeJS.ErrnoException) => {
    throw usage(`cannot read the body ${text.slice(1)} (${error.code})`, 'name a file, as --body @order.json');
  });
}

function usage(message: string, remedy: string): HarnessError {
  return new HarnessError('usage', message, remedy);
}

export const allowances = ['rate', 'duration', 'remote'] as const;
type Allowance = (typeof allowances)[number];

export const defaultLimits = {
  /** Of a machine that was never calibrated. */
  ratePerSec: 20_000,
  durationSec: 3_600,
} as const;

/** Throws HarnessError usage at the first limit that is exceeded and not among `allowed`. */
export function assertAllowed(request: LoadRequest, baseline: Baseline | null, allowed: readonly string[]): void {
  const excess = exceededLimits(request, baseline).find(({ limit }) => !allowed.includes(limit));
  if (excess !== undefined) {
    throw new HarnessError('usage', excess.message, `${excess.remedy}, or ask for it: --allow ${excess.limit}`);
  }
}

interface ExceededLimit {
  readonly limit: Allowance;
  readonly message: string;
  readonly remedy: string;
}

function exceededLimits({ host, loadPlan }: LoadRequest, baseline: Baseline | null): ExceededLimit[] {
  const found: ExceededLimit[] = [];
  // A ladder that ended below what the machine sustains (`calibrate --rate 100`) is no limit.
  const highest = baseline?.isLimit ? baseline.highestRatePerSec : null;
  if (loadPlan.ratePerSec > (highest ?? defaultLimits.ratePerSec)) {
    found.push({
      limit: 'rate',
      message: `${loadPlan.ratePerSec}/s is more than ${highestText(highest, baseline)}`,
      remedy: highest === null ? 'measure what it keeps: npm run bench -- calibrate' : 'ask for less',
    });
  }
  if (loadPlan.measureMs > defaultLimits.durationSec * 1000) {
    const message = `${loadPlan.measureMs / 1000} s is longer than ${defaultLimits.durationSec} s`;
    found.push({ limit: 'duration', message, remedy: 'ask for less' });
  }
  if (!isThisMachine(host)) {
    found.push({ limit: 'remote', message: `${host} is not this machine`, remedy: 'start the target here' });
  }
  return found;
}

function highestText(highestRatePerSec: number | null, baseline: Baseline | null): string {
  if (highestRatePerSec === null || baseline === null)
    return `the ${defaultLimits.ratePerSec}/s assumed of a machine that was never calibrated up to its limit`;
  return `the ${highestRatePerSec}/s that this machine sustained when it was calibrated (${baseline.startedAt.slice(0, 10)})`;
}
