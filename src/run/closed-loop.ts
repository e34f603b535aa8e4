import autocannon, { type Request, type Result } from 'autocannon';
import type { Workload, WorkloadRequest } from '../model/workload.ts';

export interface ClosedLoopOptions {
  readonly origin: string;
  readonly workload: Workload;
  readonly seed: number;
  readonly connectionCount: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
}

/** How fast a target answers clients of whom each asks again as soon as it has its answer: the most it can do, at any latency. */
export interface ClosedLoopResult {
  readonly answeredPerSec: number;
  /** Of all answers; what was not answered at all is none. */
  readonly badAnswerRatio: number;
  readonly unansweredCount: number;
}

const drawnCount = 500;

/**
 * Saturates a target with autocannon: its true job (at a fixed rate it is of no use, see docs/explanation/method.md). It asks the same
 * first operations of the workload over and over and checks no answer but its status, so it is an upper bracket, no result.
 */
export async function closedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const { origin, connectionCount, durationMs, signal } = options;
  signal.throwIfAborted();
  const seconds = Math.max(1, Math.round(durationMs / 1000));
  const requests = drawnRequests(options).map(asRequest);
  const settings = { url: origin, connections: connectionCount, duration: seconds, requests };
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const running = autocannon(settings, (error, result) => (error ? reject(error) : resolve(result)));
  const stop = () => running.stop();
  signal.addEventListener('abort', stop, { once: true });
  const result = await promise;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  const answeredCount = result['2xx'] + result.non2xx;
  return {
    answeredPerSec: answeredCount / result.duration,
    badAnswerRatio: answeredCount === 0 ? 0 : (result['4xx'] + result['5xx']) / answeredCount,
    unansweredCount: result.errors + result.timeouts,
  };
}

/** The first operations that can be drawn before any answer has come. */
function drawnRequests({ workload, seed }: ClosedLoopOptions): WorkloadRequest[] {
  const session = workload.open({ seed, ratePerSec: 1_000, timeoutMs: 10_000, nowNs: () => 0 });
  const requests: WorkloadRequest[] = [];
  for (let count = 0; count < drawnCount; count++) {
    const operation = session.next();
    if (operation === null) break;
    requests.push(operation.request);
  }
  return requests;
}

function asRequest({ method, path, headers, body }: WorkloadRequest): Request {
  return { method, path, headers: { ...headers }, ...(body === null ? {} : { body: Buffer.from(body) }) };
}
