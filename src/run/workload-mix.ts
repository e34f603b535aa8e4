import type { Workload, WorkloadRequest } from '../model/workload.ts';

interface MixLine {
  readonly operation: string;
  readonly drawnCount: number;
  readonly drawnRatio: number;
  /** By the workload's weights. */
  readonly declaredRatio: number;
  /** Request line, the workload's headers and body; without what the transport adds. */
  readonly sentBytes: number;
}

interface DrawnMix {
  readonly lines: readonly MixLine[];
  /** Draws for which nothing was free. */
  readonly unsentCount: number;
  readonly sentBytes: number;
  readonly streamCount: number;
}

interface MixOptions {
  readonly seed: number;
  readonly count: number;
}

const defaultRatePerSec = 100;
const timeoutMs = 5_000;

/**
 * The first operations of a workload, counted by name, in the order of its mix. None is answered: the choice of
 * operations never depends on answers, and nothing is made up this way.
 */
export function drawMix(workload: Workload, { seed, count }: MixOptions): DrawnMix {
  const ratePerSec = workload.fixedRatePerSec ?? defaultRatePerSec;
  let drawnCount = 0;
  const nowNs = () => (drawnCount / ratePerSec) * 1e9;
  const session = workload.open({ seed, ratePerSec, timeoutMs, nowNs });
  const drawn = new Map(Object.keys(workload.mix).map((name) => [name, { count: 0, bytes: 0 }]));
  let unsentCount = 0;
  for (; drawnCount < count; drawnCount += 1) {
    const operation = session.next();
    if (operation === null) {
      unsentCount += 1;
      continue;
    }
    const tally = drawn.get(operation.name);
    if (tally === undefined) throw new Error(`workload ${workload.id} draws ${operation.name}, which its mix lacks`);
    tally.count += 1;
    tally.bytes += requestBytes(operation.request);
  }
  const weights = Object.values(workload.mix).reduce((sum, weight) => sum + weight, 0);
  const lines = [...drawn].map(([operation, tally]) => ({
    operation,
    drawnCount: tally.count,
    drawnRatio: tally.count / count,
    declaredRatio: (workload.mix[operation] as number) / weights,
    sentBytes: tally.bytes,
  }));
  const sentBytes = lines.reduce((sum, line) => sum + line.sentBytes, 0);
  return { lines, unsentCount, sentBytes, streamCount: session.streams.length };
}

function requestBytes({ method, path, headers, body }: WorkloadRequest): number {
  const lineBytes = `${method} ${path} HTTP/1.1\r\n`.length;
  const headerBytes = Object.entries(headers).reduce((sum, [name, value]) => sum + `${name}: ${value}\r\n`.length, 0);
  return lineBytes + headerBytes + (body?.length ?? 0);
}
