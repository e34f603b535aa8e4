import type { HourlyPrices } from './cost.ts';

/** The prices that a reader of the page can change; also their names in its address. */
export const priceInputs = [
  { name: 'vcpu-hour', label: 'vCPU-hour', min: 0 },
  { name: 'gib-hour', label: 'GiB-hour', min: 0 },
  { name: 'machine-vcpu', label: 'vCPU of a machine', min: 0.01 },
  { name: 'machine-gib', label: 'GiB of a machine', min: 0.01 },
] as const;

export type PriceName = (typeof priceInputs)[number]['name'];
export type PriceValues = Readonly<Record<PriceName, number>>;

export function pricesAsInputs({ perVcpuHour, perGibHour, machine }: HourlyPrices): PriceValues {
  return {
    'vcpu-hour': perVcpuHour,
    'gib-hour': perGibHour,
    'machine-vcpu': machine.vcpuCount,
    'machine-gib': machine.memoryGib,
  };
}

export function inputsAsPrices(values: PriceValues): HourlyPrices {
  return {
    perVcpuHour: values['vcpu-hour'],
    perGibHour: values['gib-hour'],
    machine: { vcpuCount: values['machine-vcpu'], memoryGib: values['machine-gib'] },
  };
}
