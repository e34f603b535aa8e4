import { HarnessError } from '../../model/harness-error.ts';
import type { Operation, Workload } from '../../model/workload.ts';
import { askOnce } from '../../os/ask-once.ts';

interface TriedWorkload {
  readonly checkCount: number;
  readonly failures: readonly string[];
}

const timeoutMs = 30_000;
/** Draws for which an operation that is rare may hide. */
const maxDrawCount = 10_000;

/** The set-up, then each operation of the mix once. What is wrong is told request by request, not as a share of a load. */
export async function tryWorkload(
  workload: Workload,
  seed: number,
  origin: string,
  signal: AbortSignal,
): Promise<TriedWorkload> {
  const limits = { timeoutMs, signal };
  try {
    const setUp = await workload.setUp?.((request) => askOnce(origin, request, limits));
    const session = workload.open({ seed, ratePerSec: 1, timeoutMs, nowNs: () => performance.now() * 1e6, setUp });
    const untried = new Set(Object.keys(workload.mix).filter((name) => workload.mix[name] !== 0));
    const failures: string[] = [];
    const checkCount = untried.size;
    for (let drawn = 0; untried.size > 0 && drawn < maxDrawCount; drawn += 1) {
      const operation = session.next();
      if (operation === null) break;
      if (!untried.delete(operation.name)) {
        operation.abandon();
        continue;
      }
      const wrong = await ask(operation, origin, limits);
      if (wrong !== null) failures.push(wrong);
    }
    failures.push(...[...untried].map((name) => `${name}: could not be asked: no answer gave what it needs`));
    return { checkCount, failures };
  } catch (error) {
    signal.throwIfAborted();
    return { checkCount: 1, failures: [(error as Error).message] };
  }
}

const shownBodyBytes = 200;

async function ask(
  operation: Operation,
  origin: string,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string | null> {
  const { method, path } = operation.request;
  try {
    const answer = await askOnce(origin, operation.request, limits);
    const wrong = operation.check(answer);
    if (wrong === null) return null;
    const body = Buffer.from(answer.body.subarray(0, shownBodyBytes)).toString('utf8').trim();
    return `${operation.name}: ${method} ${path}: ${wrong}${body === '' ? '' : `; it said: ${body}`}`;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    operation.abandon();
    return `${operation.name}: ${method} ${path}: ${error.message}`;
  }
}
