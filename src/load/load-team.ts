import { Worker } from 'node:worker_threads';
import type { LoadCounts } from '../model/load-result.ts';
import type { LoadPlan } from '../model/scenario.ts';
import { moduleEnding } from '../os/module-ending.ts';
import { createSchedule, type Share } from '../stats/schedule.ts';
import { addCounts, emptyCounts } from './accounting/counts.ts';
import { mergeShares } from './accounting/merge-shares.ts';
import type { LoadSender, OpenSender } from './load-host.ts';
import {
  Conversation,
  type GeneratorCommand,
  type GeneratorReport,
  type MeasuredShare,
  type OpenCommand,
} from './messages.ts';

/**
 * Several sending threads that split one sequence (request i goes to thread i mod n, all from the same start). Each has its
 * share of the connections and of the requests in flight; what they report is merged as if one had sent it all.
 */
export const openLoadTeam: OpenSender = async (command, onProgress) => {
  const { threadCount: count = 1, loadPlan } = command;
  const threads = Array.from({ length: count }, startThread);
  const counts: LoadCounts[] = threads.map(emptyCounts);
  threads.forEach((thread, index) => {
    thread.onProgress = (progress) => {
      counts[index] = progress.counts;
      // The last thread's beat is the team's.
      if (index === count - 1) onProgress({ ...progress, counts: addCounts(counts) });
    };
  });
  const askAll = <Kind extends GeneratorReport['kind']>(kind: Kind, commandFor: (index: number) => GeneratorCommand) =>
    Promise.all(threads.map((thread, index) => thread.ask(commandFor(index), kind)));
  const ready = await askAll('ready', (index) => openShare(command, { index, count }));
  const sender: LoadSender = {
    warmUp: async (requestCount, ratePerSec) => {
      const answers = await askAll('warmed-up', () => ({ kind: 'warm-up', count: requestCount, ratePerSec }));
      return addCounts(answers.map((answer) => answer.counts));
    },
    measure: async (startAtNs, onWindowEnd) => {
      const endedAtNs: number[] = [];
      const onEnd = (atNs: number) => {
        if (endedAtNs.push(atNs) === count) onWindowEnd(Math.max(...endedAtNs));
      };
      for (const thread of threads) thread.onWindowEnd = onEnd;
      const merged = mergeShares(await askAll('measured', () => ({ kind: 'measure', startAtNs })));
      assertWhole(merged, loadPlan);
      return merged;
    },
    cutShort: () => {
      for (const thread of threads) thread.tell({ kind: 'cut-short' });
      return null;
    },
  };
  return { ready: (ready[0] as (typeof ready)[number]).ready, sender };
};

function startThread(): Conversation {
  const worker = new Worker(new URL(`./load-thread${moduleEnding}`, import.meta.url));
  const conversation = new Conversation((command) => worker.postMessage(command));
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('message', conversation.hear);
  return conversation;
}

function openShare(command: OpenCommand, share: Share): OpenCommand {
  const { loadPlan } = command;
  const part = (total: number) => Math.max(1, Math.floor((total + share.count - 1 - share.index) / share.count));
  const connectionCount = part(loadPlan.connectionCount);
  const maxInFlightCount = part(loadPlan.maxInFlightCount);
  return { ...command, share, loadPlan: { ...loadPlan, connectionCount, maxInFlightCount } };
}

/** Throws unless the threads together had exactly the requests that were asked for, when they ran to the end. */
function assertWhole({ result }: MeasuredShare, loadPlan: LoadPlan): void {
  if (result.endedAtNs < result.startedAtNs + loadPlan.measureMs * 1e6) return;
  const schedule = createSchedule(loadPlan);
  const lastNs = Math.ceil(loadPlan.measureMs * 1e6) - 1;
  const { scheduledCount } = result.counts;
  // Looked up forwards: a search would replay a poisson schedule of millions from its start at each step, for minutes.
  const isAsked = scheduledCount === 0 || schedule.offsetNs(scheduledCount - 1) <= lastNs;
  if (!isAsked || schedule.offsetNs(scheduledCount) <= lastNs)
    throw new Error(`the threads had ${scheduledCount} requests, ${isAsked ? 'fewer' : 'more'} than were asked for`);
}

/** What one sending thread keeps with some room to spare: it held 20,000/s with its loop half to two thirds busy (decision 0007). */
const comfortableRatePerSec = 25_000;

/**
 * How many threads should send: one as long as one can, else as many as the rate needs, leaving the target a core. What keeps
 * state is sent by one thread at any rate.
 */
export function chooseThreadCount(ratePerSec: number, coreCount: number, isStateless: boolean): number {
  if (!isStateless) return 1;
  return Math.max(1, Math.min(Math.ceil(ratePerSec / comfortableRatePerSec), coreCount - 1));
}
