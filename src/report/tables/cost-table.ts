import type { Prices } from '../../model/prices.ts';
import { type Cost, formatMoney, machinePerHour } from '../cost.ts';
import { formatFigure, formatPercent } from '../format.ts';
import type { CostRow } from '../model.ts';

export interface CostColumn {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Absent: no price is in it. */
  readonly priced?: CostName;
  text(row: CostRow): string;
}

/** "vCPU-\nhours" is one word broken, all others are several. */
export function oneLine(head: string): string {
  return head.replace('-\n', '-').replace('\n', ' ');
}

/** What is charged, each by its name: the page writes these again when a price changes. */
export const costTexts = {
  sum: ({ sum }: Cost) => formatMoney(sum),
  share: ({ shareRatio, shareOf }: Cost) => `${formatPercent(shareRatio)} ${shareOf}`,
  'share-cost': ({ shareCost }: Cost) => formatMoney(shareCost),
} as const;

export type CostName = keyof typeof costTexts;

/** First what was measured, then what follows from it; the same in every format. */
export function costColumns(currency: string): readonly CostColumn[] {
  return [
    { head: 'implementation', align: 'left', text: ({ implementation }) => implementation.id },
    column('CPU ms\nper request', ({ usage }) => formatFigure('ms', usage.cpuMsPerRequest)),
    column('peak\nMiB', ({ usage }) => formatFigure('bytes', usage.memoryBytes)),
    column('vCPU-\nhours', ({ cost }) => formatMoney(cost.vcpuHours)),
    column('GiB-\nhours', ({ cost }) => formatMoney(cost.gibHours)),
    pricedColumn(`sum\n${currency}`, 'sum'),
    pricedColumn('larger share\nof a machine', 'share'),
    pricedColumn(`by share\n${currency}`, 'share-cost'),
  ];
}

function column(head: string, text: CostColumn['text']): CostColumn {
  return { head, align: 'right', text };
}

function pricedColumn(head: string, priced: CostName): CostColumn {
  return { head, align: 'right', priced, text: ({ cost }) => costTexts[priced](cost) };
}

export const costTitle = 'What a million requests cost';

/** "Round example prices of no provider: 0.04 USD …" */
export function pricesSentence(prices: Prices): string {
  const { name, currency, perVcpuHour, perGibHour, machine } = prices;
  return `Prices: ${name}: ${perVcpuHour} ${currency} per vCPU-hour, ${perGibHour} ${currency} per GiB-hour, a machine of ${machine.vcpuCount} vCPU and ${machine.memoryGib} GiB at ${formatMoney(machinePerHour(prices))} ${currency} an hour.`;
}

/** The arithmetic, so that a reader can do one row by hand. */
export const costFormulas: readonly string[] = [
  'vCPU-hours = CPU ms per request ÷ 3.6; GiB-hours = peak MiB ÷ 1,024 × 1,000,000 ÷ requests/s ÷ 3,600',
  'sum = vCPU-hours × price of a vCPU-hour + GiB-hours × price of a GiB-hour',
  'by share = the larger of (cores used ÷ vCPU) and (peak GiB ÷ GiB) of a machine × its price an hour × hours for 1,000,000 requests',
];

/** What the sums leave out. */
export const costLimits =
  'Medians of the trials; one instance that is busy at exactly this rate, without headroom, database, network or disk. A vCPU of another machine does not take the same CPU time.';
