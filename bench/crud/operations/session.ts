import type { Acknowledged, Operation, WorkloadRequest, WorkloadSession } from '../../../src/model/workload.ts';
import type { Random } from '../../../src/stats/random.ts';

/** Counted while answers come in. */
export type AcknowledgedCounts = { -readonly [Count in keyof Acknowledged]: Acknowledged[Count] };

export function noAcknowledged(): AcknowledgedCounts {
  return { createdCount: 0, deletedCount: 0, uncertainCount: 0 };
}

export interface EventStreams {
  readonly requests: readonly WorkloadRequest[];
  readonly onEvent: WorkloadSession['onEvent'];
}

const noStreams: EventStreams = { requests: [], onEvent: () => null };

export function sessionOf(
  next: Draw,
  ledger: AcknowledgedCounts = noAcknowledged(),
  { requests, onEvent }: EventStreams = noStreams,
): WorkloadSession {
  return { next, streams: requests, onEvent, acknowledged: () => ({ ...ledger }) };
}

/**
 * Makes the next operation of one kind, or null when nothing is free for it. How many random numbers a draw takes never
 * depends on answers, so that the same seed gives the same stream of operations against every target.
 */
export type Draw = () => Operation | null;

type Mix = Readonly<Record<string, number>>;
/** One draw for each name of the mix. */
export type Draws<M extends Mix> = Readonly<Record<keyof M, Draw>>;

/** Each operation at random with its weight. */
export function weightedDraw<M extends Mix>(random: Random, mix: M, draws: Draws<M>): Draw {
  const names = Object.keys(mix);
  const tickets = names.flatMap((name) => Array.from({ length: mix[name] as number }, () => draws[name] as Draw));
  return () => (tickets[random.below(tickets.length)] as Draw)();
}

/**
 * Each operation as evenly as its weight allows (smooth weighted round robin, as nginx does it): at a constant rate each
 * operation then has a constant rate of its own.
 */
export function evenDraw<M extends Mix>(mix: M, draws: Draws<M>): Draw {
  const turns = evenTurns(mix).map((name) => draws[name] as Draw);
  let turn = 0;
  return () => {
    const draw = turns[turn] as Draw;
    turn = (turn + 1) % turns.length;
    return draw();
  };
}

/** One period: each name as often as its weight says. */
export function evenTurns(mix: Mix): string[] {
  const names = Object.keys(mix);
  const total = names.reduce((sum, name) => sum + (mix[name] as number), 0);
  const credits = new Map(names.map((name) => [name, 0]));
  return Array.from({ length: total }, () => {
    let richest = names[0] as string;
    for (const name of names) {
      credits.set(name, (credits.get(name) as number) + (mix[name] as number));
      if ((credits.get(name) as number) > (credits.get(richest) as number)) richest = name;
    }
    credits.set(richest, (credits.get(richest) as number) - total);
    return richest;
  });
}

/** The one, then the other. */
export function alternately(first: Draw, second: Draw): Draw {
  let isFirst = false;
  return () => {
    isFirst = !isFirst;
    return isFirst ? first() : second();
  };
}

/** Under another name of the mix. */
export function named(name: string, draw: Draw): Draw {
  return () => {
    const operation = draw();
    return operation === null ? null : { ...operation, name };
  };
}
