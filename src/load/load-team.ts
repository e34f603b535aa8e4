import { Worker } from 'node:worker_threads';
import { HarnessError } from '../model/harness-error.ts';
import type { LoadCounts } from '../model/load-result.ts';
import { moduleEnding } from '../os/module-ending.ts';
import { addCounts, emptyCounts } from './accounting/counts.ts';
import { mergeShares } from './accounting/merge-shares.ts';
import { type LoadHost, refusalOf } from './load-host.ts';
import type { MeasuredShare } from './load-session.ts';
import type { GeneratorCommand, GeneratorReport, OpenCommand } from './messages.ts';
import { createSchedule, dueCount } from './pace/schedule.ts';

type Answer = Exclude<GeneratorReport, { kind: 'progress' | 'window-end' }>;
type Of<Kind extends GeneratorReport['kind']> = Extract<GeneratorReport, { kind: Kind }>;

/**
 * A host of several sending threads that split one sequence (request i goes to thread i mod n, all from the same start). Each
 * has its share of the connections and of the requests in flight; what they report is merged as if one had sent it all.
 */
export function createLoadTeam(threadCount: number, report: (message: GeneratorReport) => void): LoadHost {
  const members = Array.from({ length: threadCount }, () => createMember());
  let loadPlan: OpenCommand['loadPlan'] | null = null;
  let ended: number[] = [];
  const counts: LoadCounts[] = members.map(emptyCounts);

  members.forEach((member, index) => {
    member.onProgress = ({ progress }) => {
      counts[index] = progress.counts;
      // The last thread's beat is the team's.
      if (index === threadCount - 1) report({ kind: 'progress', progress: { ...progress, counts: addCounts(counts) } });
    };
    member.onWindowEnd = ({ endedAtNs }) => {
      ended.push(endedAtNs);
      if (ended.length === threadCount) report({ kind: 'window-end', endedAtNs: Math.max(...ended) });
    };
  });

  const askAll = async <Kind extends Answer['kind']>(kind: Kind, commandFor: (index: number) => GeneratorCommand) => {
    const answers = await Promise.all(members.map((member, index) => member.ask(commandFor(index))));
    for (const answer of answers) {
      if (answer.kind === 'refused') throw new HarnessError(answer.code, answer.message, answer.remedy);
      if (answer.kind !== kind) throw new Error(`a sending thread reported ${answer.kind} instead of ${kind}`);
    }
    return answers as unknown as readonly Of<Kind>[];
  };
  const perform = async (command: GeneratorCommand): Promise<GeneratorReport | null> => {
    switch (command.kind) {
      case 'open': {
        ({ loadPlan } = command);
        const [first] = await askAll('ready', (index) => openShare(command, { index, count: threadCount }));
        return first ?? null;
      }
      case 'warm-up': {
        const answers = await askAll('warmed-up', () => command);
        return { kind: 'warmed-up', counts: addCounts(answers.map((answer) => answer.counts)) };
      }
      case 'measure': {
        ended = [];
        const merged = mergeShares(await askAll('measured', () => command));
        assertWhole(merged, loadPlan);
        return { kind: 'measured', ...merged };
      }
      case 'cut-short':
        // The question that is open is answered by it.
        for (const member of members) member.tell(command);
        return null;
    }
  };
  return (command) => {
    perform(command).then(
      (message) => {
        if (message !== null) report(message);
      },
      (error) => report(refusalOf(error)),
    );
  };
}

interface Member {
  onProgress: (message: Of<'progress'>) => void;
  onWindowEnd: (message: Of<'window-end'>) => void;
  tell(command: GeneratorCommand): void;
  ask(command: GeneratorCommand): Promise<Answer>;
}

function createMember(): Member {
  const worker = new Worker(new URL(`./load-thread${moduleEnding}`, import.meta.url));
  let answer: (message: Answer) => void = () => undefined;
  const member: Member = {
    onProgress: () => undefined,
    onWindowEnd: () => undefined,
    tell: (command) => worker.postMessage(command),
    ask: (command) =>
      new Promise((resolve) => {
        answer = resolve;
        worker.postMessage(command);
      }),
  };
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('message', (message: GeneratorReport) => {
    if (message.kind === 'progress') member.onProgress(message);
    else if (message.kind === 'window-end') member.onWindowEnd(message);
    else answer(message);
  });
  return member;
}

function openShare(command: OpenCommand, share: NonNullable<OpenCommand['share']>): OpenCommand {
  const { loadPlan } = command;
  const part = (total: number) => Math.max(1, Math.floor((total + share.count - 1 - share.index) / share.count));
  const connectionCount = part(loadPlan.connectionCount);
  const maxInFlightCount = part(loadPlan.maxInFlightCount);
  return { ...command, share, loadPlan: { ...loadPlan, connectionCount, maxInFlightCount } };
}

/** Throws unless the threads together had exactly the requests that were asked for, when they ran to the end. */
function assertWhole({ result }: MeasuredShare, loadPlan: OpenCommand['loadPlan'] | null): void {
  if (loadPlan === null || result.endedAtNs < result.startedAtNs + loadPlan.measureMs * 1e6) return;
  const schedule = createSchedule(loadPlan);
  const lastNs = Math.ceil(loadPlan.measureMs * 1e6) - 1;
  const { scheduledCount } = result.counts;
  // Looked up forwards: a search would replay a poisson schedule of millions from its start at each step, for minutes.
  const areAllDue = scheduledCount === 0 || schedule.offsetNs(scheduledCount - 1) <= lastNs;
  if (!areAllDue || schedule.offsetNs(scheduledCount) <= lastNs)
    throw new Error(`${dueCount(schedule, lastNs)} requests were asked for, the threads had ${scheduledCount}`);
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
