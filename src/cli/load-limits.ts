import { HarnessError } from '../model/harness-error.ts';
import type { Floor } from '../report/floor.ts';
import { unknownName } from '../run/declarations.ts';
import type { LoadRequest } from './load-request.ts';

export const allowances = ['rate', 'duration', 'remote'] as const;
type Allowance = (typeof allowances)[number];

export const defaultLimits = {
  /** Of a machine that was never calibrated. */
  ratePerSec: 20_000,
  durationSec: 3_600,
} as const;

/** Throws HarnessError usage at the first limit that is exceeded and not among `allowed`. */
export function assertAllowed(request: LoadRequest, floor: Floor | null, allowed: readonly string[]): void {
  for (const word of allowed) {
    if (!allowances.some((known) => known === word)) throw unknownName('limit', word, allowances);
  }
  const excess = excesses(request, floor).find(({ limit }) => !allowed.includes(limit));
  if (excess !== undefined) {
    throw new HarnessError('usage', excess.message, `${excess.remedy}, or ask for it: --allow ${excess.limit}`);
  }
}

interface Excess {
  readonly limit: Allowance;
  readonly message: string;
  readonly remedy: string;
}

function excesses({ host, profile }: LoadRequest, floor: Floor | null): Excess[] {
  const found: Excess[] = [];
  // A ladder that ended below what the machine keeps (`calibrate --rate 100`) is no limit.
  const highest = floor?.isLimit ? floor.highestRatePerSec : null;
  if (profile.ratePerSec > (highest ?? defaultLimits.ratePerSec)) {
    found.push({
      limit: 'rate',
      message: `${profile.ratePerSec}/s is more than ${highestText(highest, floor)}`,
      remedy: highest === null ? 'measure what it keeps: npm run bench -- calibrate' : 'ask for less',
    });
  }
  if (profile.measureMs > defaultLimits.durationSec * 1000) {
    const message = `${profile.measureMs / 1000} s is longer than ${defaultLimits.durationSec} s`;
    found.push({ limit: 'duration', message, remedy: 'ask for less' });
  }
  if (!isLoopback(host)) {
    found.push({ limit: 'remote', message: `${host} is not this machine`, remedy: 'start the target here' });
  }
  return found;
}

function highestText(highestRatePerSec: number | null, floor: Floor | null): string {
  if (highestRatePerSec === null || floor === null)
    return `the ${defaultLimits.ratePerSec}/s assumed of a machine that was never calibrated up to its limit`;
  return `the ${highestRatePerSec}/s that this machine kept when it was calibrated (${floor.startedAt.slice(0, 10)})`;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
