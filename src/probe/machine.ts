import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { gunzipSync } from 'node:zlib';
import type { Machine } from '../model/run-result.ts';
import { findCgroupLayout } from './cgroup-layout.ts';

/** The machine as a result records it: what two results must have in common to be compared, and never its name. */
export function describeMachine(): Machine {
  const processors = cpus();
  const facts = {
    cpuModel: processors[0]?.model.trim() || 'unknown',
    coreCount: Math.max(1, processors.length),
    memoryBytes: totalmem(),
    kernel: `${process.platform} ${release()}`,
  };
  return { id: machineId(facts), ...facts, hypervisor: hypervisor(), systemSettings: systemSettings() };
}

interface MachineFacts {
  readonly cpuModel: string;
  readonly coreCount: number;
  readonly memoryBytes: number;
  readonly kernel: string;
}

/** Memory in whole GiB: a kernel's own share of it differs from boot to boot. */
export function machineId({ cpuModel, coreCount, memoryBytes, kernel }: MachineFacts): string {
  const memoryGib = Math.round(memoryBytes / 2 ** 30);
  return createHash('sha256').update([cpuModel, coreCount, memoryGib, kernel].join('|')).digest('hex').slice(0, 12);
}

/** Settings that change numbers without being asked about; `unknown` where the machine does not say. */
function systemSettings(): Record<string, string> {
  return {
    architecture: process.arch,
    transparentHugePages: bracketedOption(read('/sys/kernel/mm/transparent_hugepage/enabled')),
    irqTimeAccounting: kernelOption('CONFIG_IRQ_TIME_ACCOUNTING'),
    tickHz: kernelOption('CONFIG_HZ'),
    governor: read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor') ?? 'unknown',
    simultaneousThreads: read('/sys/devices/system/cpu/smt/control') ?? 'unknown',
    clockSource: read('/sys/devices/system/clocksource/clocksource0/current_clocksource') ?? 'unknown',
    cgroups: findCgroupLayout()?.kind ?? 'none',
    swap: hasSwap(read('/proc/swaps')),
  };
}

/** `always [madvise] never` */
export function bracketedOption(text: string | null): string {
  return /\[(\w+)\]/.exec(text ?? '')?.[1] ?? 'unknown';
}

/** A missing line of a known configuration means no. */
export function kernelOptionIn(configuration: string | null, name: string): string {
  if (configuration === null) return 'unknown';
  const [, value] = new RegExp(`^${name}=(.*)$`, 'm').exec(configuration) ?? [];
  return value ?? 'n';
}

function kernelOption(name: string): string {
  return kernelOptionIn(kernelConfiguration(), name);
}

function kernelConfiguration(): string | null {
  try {
    return gunzipSync(readFileSync('/proc/config.gz')).toString('utf8');
  } catch {
    return read(`/boot/config-${release()}`);
  }
}

/** A virtual machine says so among its CPU's flags; which one, its firmware may. */
function hypervisor(): string | null {
  const named = read('/sys/hypervisor/type') ?? read('/sys/class/dmi/id/product_name');
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(read('/proc/cpuinfo') ?? '');
  if (!isVirtual && !existsSync('/sys/hypervisor/type')) return null;
  return named ?? 'unnamed';
}

/** The first line is a heading. */
function hasSwap(table: string | null): string {
  if (table === null) return 'unknown';
  return table.split('\n').length > 1 ? 'on' : 'off';
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
