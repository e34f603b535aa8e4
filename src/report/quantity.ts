import { formatNumber } from './format.ts';

/** "1.20 µs": a time in the unit in which it is easiest to read. */
export function formatNs(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1e3) return `${formatNumber(ns)} ns`;
  if (size < 1e6) return `${formatNumber(ns / 1e3)} µs`;
  if (size < 1e9) return `${formatNumber(ns / 1e6)} ms`;
  return `${formatNumber(ns / 1e9)} s`;
}

/** "36.1 MiB" */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes);
  if (size < 2 ** 10) return `${formatNumber(bytes)} B`;
  if (size < 2 ** 20) return `${formatNumber(bytes / 2 ** 10)} KiB`;
  if (size < 2 ** 30) return `${formatNumber(bytes / 2 ** 20)} MiB`;
  return `${formatNumber(bytes / 2 ** 30)} GiB`;
}
