import type { Prices } from '../model/prices.ts';

/** What one implementation takes at a steady rate. */
export interface Usage {
  readonly cpuMsPerRequest: number;
  readonly memoryBytes: number;
  /** Above 0. */
  readonly ratePerSec: number;
}

/** What is paid, whoever asks for it. */
export type HourlyPrices = Omit<Prices, 'name' | 'currency'>;

/** Of a million requests. */
export interface Cost {
  readonly vcpuHours: number;
  readonly gibHours: number;
  /** CPU and memory, each at its price. */
  readonly sum: number;
  /** Of the machine's CPU or memory, whichever is larger; above 1: it takes more than one machine. */
  readonly shareRatio: number;
  readonly shareOf: 'CPU' | 'memory';
  /** That share of the machine's price, whose other part nobody else can use. */
  readonly shareCost: number;
}

const requestCount = 1e6;
const secondsPerHour = 3600;
const bytesPerGib = 2 ** 30;

/** Pure: the page does the same sum again when its reader changes a price. */
export function costOfMillion({ cpuMsPerRequest, memoryBytes, ratePerSec }: Usage, prices: HourlyPrices): Cost {
  const { perVcpuHour, perGibHour, machine } = prices;
  const hours = requestCount / ratePerSec / secondsPerHour;
  const vcpuHours = ((cpuMsPerRequest / 1000) * requestCount) / secondsPerHour;
  const gibHours = (memoryBytes / bytesPerGib) * hours;
  const cpuShareRatio = vcpuHours / hours / machine.vcpuCount;
  const memoryShareRatio = gibHours / hours / machine.memoryGib;
  const shareRatio = Math.max(cpuShareRatio, memoryShareRatio);
  return {
    vcpuHours,
    gibHours,
    sum: vcpuHours * perVcpuHour + gibHours * perGibHour,
    shareRatio,
    shareOf: cpuShareRatio >= memoryShareRatio ? 'CPU' : 'memory',
    shareCost: shareRatio * machinePerHour(prices) * hours,
  };
}

export function machinePerHour({ perVcpuHour, perGibHour, machine }: HourlyPrices): number {
  return machine.vcpuCount * perVcpuHour + machine.memoryGib * perGibHour;
}

/** Three digits that say something, and never an exponent: sums of money are small here. */
export function formatMoney(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(Math.min(digits, 12));
}
