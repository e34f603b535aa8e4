import type { Change } from '../model/comparison.ts';
import type { Waiver } from '../model/gate-policy.ts';
import type { Machine } from '../model/run-result.ts';

/** "+6.1 %", "−0.4 %" */
export function signedPercent(ratio: number): string {
  const text = signedNumber(ratio);
  return `${text} %`;
}

/** Beyond it a number says nothing but that something else was measured. */
const maxPercent = 1_000_000;

function signedNumber(ratio: number): string {
  const percent = ratio * 100;
  if (percent > maxPercent) return `over +${maxPercent.toLocaleString('en-US')}`;
  const digits = Math.abs(percent) >= 100 ? 0 : 1;
  const rounded = Number(percent.toFixed(digits));
  if (rounded === 0) return (0).toFixed(digits);
  return `${rounded > 0 ? '+' : '−'}${Math.abs(rounded).toFixed(digits)}`;
}

/** "2.5 %" */
export function percentText(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(2))} %`;
}

/** "+6.1 % [+4.0, +8.2]" */
export function changeText({ ratio, interval }: Pick<Change, 'ratio' | 'interval'>): string {
  if (ratio === null) return '–';
  return interval === null ? signedPercent(ratio) : `${signedPercent(ratio)} ${intervalText(interval)}`;
}

export function intervalText({ lowRatio, highRatio }: NonNullable<Change['interval']>): string {
  return `[${signedNumber(lowRatio)}, ${signedNumber(highRatio)}]`;
}

/** A p as people read it: two digits, and never an exponent. */
export function pText(p: number): string {
  if (p < 0.0001) return 'below 0.0001';
  return p >= 0.1 ? p.toFixed(2) : p.toFixed(4);
}

/** "waived until 2026-12-31: TLS came in" */
export function waiverText({ until, reason }: Waiver): string {
  return `waived until ${until}: ${reason}`;
}

export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** "AMD EPYC, 2 cores" */
export function machineLabel({ cpuModel, coreCount }: Pick<Machine, 'cpuModel' | 'coreCount'>): string {
  return `${cpuModel}, ${coreCount} cores`;
}

/** 42 s, 3 min 20 s, 2 h 5 min: as a person says it. */
export function durationText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
