import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePressure } from './cgroup.ts';
import { readMounts } from './cgroup-layout.ts';
import { msPerTick } from './proc-file.ts';

/** The machine's own counters at one moment; null: this machine does not keep it. */
export interface MachineCounters {
  readonly pressureSomeMs: number | null;
  readonly diskFullMs: number | null;
  readonly stealTicks: number | null;
  /** All states of all cores, idle too. */
  readonly allTicks: number | null;
  readonly busyMs: number | null;
}

/** What the machine did between two gauges. */
interface MachineNoise {
  /** Time in which some task of the machine waited for a core; our own roles' included. */
  readonly psiCpuSomeMs: number | null;
  /** Time in which every task that could have run waited for the disk. */
  readonly psiIoFullMs: number | null;
  readonly stealRatio: number | null;
  /** CPU used by everything on the machine. */
  readonly machineCpuMs: number | null;
}

export function readMachineCounters(): MachineCounters {
  const stat = parseCpuLine(readIfThere('/proc/stat'));
  return {
    pressureSomeMs: parsePressure(readIfThere('/proc/pressure/cpu'), 'some'),
    diskFullMs: parsePressure(readIfThere('/proc/pressure/io'), 'full'),
    stealTicks: stat?.stealTicks ?? null,
    allTicks: stat?.allTicks ?? null,
    busyMs: readExactBusyMs() ?? (stat === null ? null : stat.busyTicks * msPerTick),
  };
}

export function noiseBetween(before: MachineCounters, after: MachineCounters): MachineNoise {
  const allTicks = difference(before.allTicks, after.allTicks);
  const stealTicks = difference(before.stealTicks, after.stealTicks);
  return {
    psiCpuSomeMs: difference(before.pressureSomeMs, after.pressureSomeMs),
    psiIoFullMs: difference(before.diskFullMs, after.diskFullMs),
    stealRatio: stealTicks === null || allTicks === null || allTicks === 0 ? null : stealTicks / allTicks,
    machineCpuMs: difference(before.busyMs, after.busyMs),
  };
}

interface CpuLine {
  readonly stealTicks: number;
  readonly busyTicks: number;
  readonly allTicks: number;
}

/** `cpu user nice system idle iowait irq softirq steal guest guest_nice`; guest time is already in user and nice. */
export function parseCpuLine(text: string): CpuLine | null {
  const [, numbers] = /^cpu +(.*)$/m.exec(text) ?? [];
  if (numbers === undefined) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, steal = 0] = numbers
    .split(' ')
    .map(Number);
  const busyTicks = user + nice + system + irq + softIrq;
  return { stealTicks: steal, busyTicks, allTicks: busyTicks + idle + wait + steal };
}

/** The root of cpuacct counts every task's nanoseconds; /proc/stat only looks who runs at each tick. */
function readExactBusyMs(): number | null {
  const { cpuacctV1 } = readMounts();
  if (cpuacctV1 === null) return null;
  const text = readIfThere(join(cpuacctV1, 'cpuacct.usage'));
  return text === '' ? null : Number(text) / 1e6;
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : Math.max(0, after - before);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
