import { median } from '../../stats/descriptive.ts';
import { TrialFailure } from '../trial/observations.ts';
import { observeRun } from './observed-run.ts';
import type { ObservedLoad } from './second-figures.ts';
import type { Subject } from './subject.ts';
import { loadPlanBase, warmupBelow } from './subject-load.ts';

/** How often the clients of a load open a connection. */
export interface ConnectionHabit {
  readonly id: 'kept' | 'tenth' | 'each';
  /** null: connections are kept. */
  readonly requestsPerConnection: number | null;
}

export const habits: readonly ConnectionHabit[] = [
  { id: 'kept', requestsPerConnection: null },
  { id: 'tenth', requestsPerConnection: 10 },
  { id: 'each', requestsPerConnection: 1 },
];

/** One load on a process of its own. */
export type ChurnLoad =
  | {
      readonly status: 'measured';
      readonly habit: ConnectionHabit['id'];
      /** Of the target, ÷ right answers. */
      readonly cpuPerRequestMs: number;
      readonly responseP50Ms: number | null;
      readonly responseP99Ms: number | null;
      readonly okCount: number;
      readonly lostCount: number;
    }
  | { readonly status: 'failed'; readonly habit: ConnectionHabit['id']; readonly reason: string };

/** One load of each habit, next to each other. */
export type ChurnRound = readonly ChurnLoad[];

/** What one connection costs the target, by the loads of one habit and those that kept theirs. */
export interface HandshakeCost {
  readonly habit: ConnectionHabit['id'];
  /** Median over the rounds, of each round's difference. */
  readonly cpuMs: number;
  readonly minCpuMs: number;
  readonly maxCpuMs: number;
  readonly roundCount: number;
}

interface ChurnRequest {
  readonly ratePerSec: number;
  readonly measureMs: number;
  /** From 0: each round begins with another habit. */
  readonly round: number;
  onProgress(loadIndex: number, elapsedMs: number): void;
}

export async function churnRound(subject: Subject, request: ChurnRequest): Promise<ChurnRound> {
  const { round, onProgress } = request;
  const loads: ChurnLoad[] = [];
  for (const index of habits.keys()) {
    subject.session.signal.throwIfAborted();
    const habit = habits[(index + round) % habits.length];
    if (habit === undefined) throw new Error('a round without a habit');
    loads.push(await churnLoad(subject, habit, request, (elapsedMs) => onProgress(index, elapsedMs)));
  }
  return loads;
}

async function churnLoad(
  subject: Subject,
  { id: habit, requestsPerConnection }: ConnectionHabit,
  { ratePerSec, measureMs }: ChurnRequest,
  onProgress: (elapsedMs: number) => void,
): Promise<ChurnLoad> {
  const loadPlan = { ...loadPlanBase, ...warmupBelow(2 * ratePerSec), ratePerSec, measureMs };
  try {
    return asChurnLoad(habit, await observeRun(subject, loadPlan, { onProgress, requestsPerConnection }));
  } catch (error) {
    if (error instanceof TrialFailure) return { status: 'failed', habit, reason: error.message };
    throw error;
  }
}

function asChurnLoad(habit: ConnectionHabit['id'], { result, cpuMs }: ObservedLoad): ChurnLoad {
  const { scheduledCount, okCount } = result.counts;
  // A second that was not read in time has no share in either sum.
  const known = result.seconds.filter(({ second }) => (cpuMs[second] ?? null) !== null);
  const usedMs = known.reduce((sum, { second }) => sum + (cpuMs[second] ?? 0), 0);
  const answeredCount = known.reduce((sum, second) => sum + second.okCount, 0);
  if (answeredCount === 0) return { status: 'failed', habit, reason: 'nothing was answered rightly' };
  const { p50Ms, p99Ms } = result.responseTime;
  return {
    ...{
      status: 'measured',
      habit,
      cpuPerRequestMs: usedMs / answeredCount,
      responseP50Ms: p50Ms,
      responseP99Ms: p99Ms,
    },
    ...{ okCount, lostCount: scheduledCount - okCount },
  };
}

/** Round by round: what a request costs more than on kept connections, times the requests that a connection carries. */
export function handshakeCosts(rounds: readonly ChurnRound[]): HandshakeCost[] {
  return habits.flatMap(({ id, requestsPerConnection }) => {
    if (requestsPerConnection === null) return [];
    const costs = rounds.flatMap((round) => {
      const [kept, churned] = [costOf(round, 'kept'), costOf(round, id)];
      return kept === null || churned === null ? [] : [(churned - kept) * requestsPerConnection];
    });
    const cpuMs = median(costs);
    if (cpuMs === null) return [];
    return [{ habit: id, cpuMs, minCpuMs: Math.min(...costs), maxCpuMs: Math.max(...costs), roundCount: costs.length }];
  });
}

function costOf(round: ChurnRound, habit: ConnectionHabit['id']): number | null {
  const load = round.find((one) => one.habit === habit);
  return load?.status === 'measured' ? load.cpuPerRequestMs : null;
}
