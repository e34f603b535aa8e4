import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Prices } from '../model/prices.ts';
import { joinList } from '../report/format.ts';
import { benchDir } from '../run/paths.ts';
import { readPrices } from '../store/prices-file.ts';

export interface PriceFlags {
  readonly prices?: string;
  readonly vcpuHour?: number;
  readonly gibHour?: number;
}

/** Of every command that makes a report. */
export function addPriceOptions(command: Command): Command {
  return command
    .option('--prices <file>', 'what a machine costs, as JSON (default: bench/prices.json, round example prices)')
    .option('--vcpu-hour <price>', 'the price of a vCPU for an hour, in the place of that of the file', priceOption)
    .option('--gib-hour <price>', 'the price of a GiB of memory for an hour, likewise', priceOption);
}

function priceOption(text: string): number {
  const price = Number(text);
  if (text.trim() === '' || !Number.isFinite(price) || price < 0)
    throw new InvalidArgumentError('It must be a number, 0 or more, without a currency, as 0.04.');
  return price;
}

export function hasPrices({ prices, vcpuHour, gibHour }: PriceFlags): boolean {
  return [prices, vcpuHour, gibHour].some((flag) => flag !== undefined);
}

/** Throws HarnessError usage for a file that holds none. */
export async function pricesOf({ prices: path, vcpuHour, gibHour }: PriceFlags): Promise<Prices> {
  const prices = await readPrices(path ?? join(benchDir, 'prices.json'));
  const flags = [...(vcpuHour === undefined ? [] : ['--vcpu-hour']), ...(gibHour === undefined ? [] : ['--gib-hour'])];
  return {
    ...prices,
    name: flags.length === 0 ? prices.name : `${prices.name}, changed by ${joinList(flags)}`,
    perVcpuHour: vcpuHour ?? prices.perVcpuHour,
    perGibHour: gibHour ?? prices.perGibHour,
  };
}
