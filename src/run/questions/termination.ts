import { Agent, request as requestHttp } from 'node:http';
import type { Operation, WorkloadResponse } from '../../model/workload.ts';
import { wholeAnswer } from '../../os/ask-once.ts';
import { pause } from '../../os/child-process.ts';
import { defaultSeed } from '../declarations.ts';
import { type RunningTarget, TrialFailure } from '../trial/observations.ts';
import type { Subject } from './subject.ts';
import { loadPlanBase, subjectTrial, withFreshTarget } from './subject-load.ts';

/** What became of requests around a SIGTERM, with nobody between clients and program. */
export interface Termination {
  readonly status: 'measured';
  /** Sent before it: accepted, as far as a client can know. */
  readonly acceptedCount: number;
  /** Of those: on their way as it was sent; never answered; answered wrongly. */
  readonly inFlightCount: number;
  readonly lostCount: number;
  readonly wrongCount: number;
  /** Sent after it, until the program had ended. */
  readonly after: AfterSigterm;
  readonly drainMs: number;
  readonly exitCode: number | null;
  readonly forced: boolean;
}

interface AfterSigterm {
  /** On connections that were open before. */
  readonly keptAnsweredCount: number;
  readonly keptClosedCount: number;
  /** On connections that were opened after: none should be answered. */
  readonly newAnsweredCount: number;
  readonly newRefusedCount: number;
}

export interface FailedTermination {
  readonly status: 'failed';
  readonly reason: string;
}

interface TerminationRequest {
  readonly ratePerSec: number;
  /** Sent before SIGTERM. */
  readonly count: number;
  onProgress(sentCount: number): void;
}

type Fate = 'right' | 'wrong' | 'unanswered';

interface Sent {
  readonly isBefore: boolean;
  isKept: boolean;
  fate: Fate | null;
}

/** A fresh program on a fresh database: `count` requests at the rate, SIGTERM right after the last, and requests until it has ended. */
export async function terminate(
  subject: Subject,
  request: TerminationRequest,
): Promise<Termination | FailedTermination> {
  const { ratePerSec } = request;
  const loadPlan = { ...loadPlanBase, warmupCount: 0, warmupRatePerSec: 1, ratePerSec, measureMs: 1_000 };
  const send = (target: RunningTarget) => sendAround(subject, target, request);
  try {
    return await withFreshTarget(subject, subjectTrial(subject, loadPlan), send);
  } catch (error) {
    if (error instanceof TrialFailure) return { status: 'failed', reason: error.message };
    throw error;
  }
}

async function sendAround(
  { workload, session }: Subject,
  target: RunningTarget,
  { ratePerSec, count, onProgress }: TerminationRequest,
): Promise<Termination> {
  const { timeoutMs, connectionCount } = loadPlanBase;
  const drawn = workload.open({
    seed: defaultSeed,
    timeoutMs,
    ratePerSec,
    nowNs: () => Number(process.hrtime.bigint()),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: connectionCount });
  const sent: Sent[] = [];
  const outcomes: Promise<void>[] = [];
  const startedMs = performance.now();
  const sendDue = async (index: number, isBefore: boolean) => {
    const leftMs = startedMs + (1000 * index) / ratePerSec - performance.now();
    if (leftMs > 0) await pause(leftMs, session.signal);
    const operation = drawn.next();
    if (operation === null) return;
    const one: Sent = { isBefore, isKept: false, fate: null };
    sent.push(one);
    outcomes.push(send(target.url, agent, operation, one));
  };
  try {
    for (let index = 0; index < count; index++) {
      await sendDue(index, true);
      if (index % ratePerSec === 0) onProgress(index);
    }
    const inFlightCount = sent.filter(({ fate }) => fate === null).length;
    let hasEnded = false;
    const stopped = target.stop().finally(() => {
      hasEnded = true;
    });
    stopped.catch(() => {});
    for (let index = count; !hasEnded; index++) await sendDue(index, false);
    const report = await stopped;
    if (report === null) throw new Error('a target that is not ours was asked to end');
    const { stopMs, exitCode, forced } = report;
    await Promise.all(outcomes);
    return { status: 'measured', inFlightCount, ...tally(sent), drainMs: stopMs, exitCode, forced };
  } finally {
    agent.destroy();
  }
}

/** Sends one request, and notes what became of it; never rejects. */
function send(origin: string, agent: Agent, operation: Operation, sent: Sent): Promise<void> {
  const { method, path, headers, body } = operation.request;
  const length = body === null ? {} : { 'content-length': body.byteLength };
  const { promise, resolve } = Promise.withResolvers<void>();
  const settle = (fate: Fate) => {
    if (sent.fate !== null) return;
    sent.fate = fate;
    resolve();
  };
  const unanswered = () => {
    if (sent.fate === null) operation.abandon();
    settle('unanswered');
  };
  const request = requestHttp(`${origin}${path}`, { method, headers: { ...headers, ...length }, agent });
  request.setTimeout(loadPlanBase.timeoutMs, () => request.destroy());
  request.once('socket', () => {
    sent.isKept = request.reusedSocket;
  });
  request.once('error', unanswered);
  request.once('response', (response) => {
    wholeAnswer(response).then((answer) => settle(fateOf(operation, answer)), unanswered);
  });
  request.end(body ?? undefined);
  return promise;
}

function fateOf(operation: Operation, answer: WorkloadResponse): Fate {
  if (operation.refused !== undefined && operation.refused(answer) !== null) {
    operation.abandon();
    return 'wrong';
  }
  try {
    return operation.check(answer) === null ? 'right' : 'wrong';
  } catch {
    return 'wrong';
  }
}

function tally(sent: readonly Sent[]): Pick<Termination, 'acceptedCount' | 'lostCount' | 'wrongCount' | 'after'> {
  const before = sent.filter(({ isBefore }) => isBefore);
  const after = sent.filter(({ isBefore }) => !isBefore);
  const countOf = (of: readonly Sent[], isKept: boolean, isAnswered: boolean) =>
    of.filter((one) => one.isKept === isKept && (one.fate !== 'unanswered') === isAnswered).length;
  return {
    acceptedCount: before.length,
    lostCount: before.filter(({ fate }) => fate === 'unanswered').length,
    wrongCount: before.filter(({ fate }) => fate === 'wrong').length,
    after: {
      keptAnsweredCount: countOf(after, true, true),
      keptClosedCount: countOf(after, true, false),
      newAnsweredCount: countOf(after, false, true),
      newRefusedCount: countOf(after, false, false),
    },
  };
}
