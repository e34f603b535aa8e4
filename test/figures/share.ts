import type { Interval } from '../../src/stats/interval.ts';
import { normalQuantile } from '../../src/stats/student.ts';

/** The 95 % interval of a share seen in `count` independent cases (Wilson 1927); `count` is at least 1. */
export function shareInterval(ratio: number, count: number): Interval {
  const z = normalQuantile(0.975);
  const middle = (ratio * count + z ** 2 / 2) / (count + z ** 2);
  const reach = (z / (count + z ** 2)) * Math.sqrt(count * ratio * (1 - ratio) + z ** 2 / 4);
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/** "62 % [48, 74]"; below 2 % and above 98 % with two digits more. */
export function shareText(ratio: number, count: number): string {
  const { low, high } = shareInterval(ratio, count);
  const digits = Math.min(high, 1 - low) < 0.1 ? 2 : 0;
  const percent = (part: number) => (100 * part).toFixed(digits);
  return `${percent(ratio)} % [${percent(low)}, ${percent(high)}]`;
}
