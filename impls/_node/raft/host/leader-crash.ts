// POST /cluster/leader/crash, with the two conditions of the published experiment: see the contract, section 9.
import { setTimeout as delay } from 'node:timers/promises';
import { majorityOf } from '../core/config.ts';
import { advance, mix, seedOf } from '../core/random.ts';
import { nowUs } from './clock.ts';
import type { Cluster, CrashAnswer, Member } from './cluster.ts';
import type { Config } from './config.ts';
import { Problem } from './problem.ts';
import { noLeader, unknownOutcome } from './requests.ts';
import { fillerCommand } from './store.ts';

export interface CrashOrder {
  /** Heartbeats reach every follower just before. */
  readonly synchronise: boolean;
  /** So many followers have a shorter log and cannot win. */
  readonly laggards: number;
}

export type CrashLeader = (order: CrashOrder) => Promise<CrashAnswer>;

const pollMs = 1;

export function createLeaderCrash(config: Config, cluster: Cluster): CrashLeader {
  let random = seedOf(config.seed, 0, 0);
  let isUnderWay = false;

  function draw(below: number): number {
    random = advance(random);
    return mix(random) % below;
  }

  function drawLaggards(leader: Member, count: number): Member[] {
    const followers = cluster.members.filter((member) => member !== leader);
    return Array.from({ length: count }, () => followers.splice(draw(followers.length), 1)).flat();
  }

  /** @throws Problem `outcome-unknown` when `isSo` does not come true in time. */
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    const endUs = nowUs() + config.requestTimeoutMs * 1000;
    while (!(await isSo())) {
      if (nowUs() > endUs) throw unknownOutcome('the logs did not come to differ in time');
      await delay(pollMs);
    }
  }

  async function makeLogsDiffer(leader: Member, laggards: readonly Member[]): Promise<void> {
    for (const { slot } of laggards) slot.lagBehind(leader.id);
    const { index } = await cluster.propose(leader, fillerCommand);
    const others = cluster.members.filter((member) => !laggards.includes(member));
    await until(async () => {
      const statuses = await Promise.all(others.map(({ slot }) => slot.status(false)));
      return statuses.every(({ lastLogIndex }) => lastLogIndex >= index);
    });
  }

  /** Waits for the broadcast to be taken by every live follower, a heartbeat at the longest. */
  async function synchronise(leader: Member): Promise<void> {
    const sentUs = nowUs();
    const followers = cluster.members.filter((member) => member !== leader && member.status === 'live');
    leader.slot.heartbeat();
    const isHeard = async () => {
      const statuses = await Promise.all(followers.map(({ slot }) => slot.status(false)));
      return statuses.every(({ appendSentUs }) => appendSentUs >= sentUs);
    };
    while (!(await isHeard()) && nowUs() < sentUs + config.heartbeatUs) await nextTurn();
  }

  async function crashLeader(order: CrashOrder): Promise<CrashAnswer> {
    const leader = cluster.leader();
    if (leader === null) throw noLeader();
    rejectImpossible(config, cluster, order);
    const laggards = drawLaggards(leader, order.laggards);
    try {
      if (laggards.length > 0) await makeLogsDiffer(leader, laggards);
      const delayUs = draw(config.heartbeatUs);
      // The append that made the logs differ has reset the timers: a heartbeat must come between it and the crash.
      await sleep((laggards.length > 0 ? config.heartbeatUs : 0) + delayUs);
      if (cluster.leader() !== leader) throw noLeader();
      if (order.synchronise) await synchronise(leader);
      return await cluster.crash(leader, delayUs);
    } finally {
      for (const { slot } of laggards) slot.lagBehind(0);
    }
  }

  return async (order) => {
    if (cluster.leader() === null) throw noLeader();
    if (isUnderWay) throw new Problem('conflict', 'another crash of the leader is under way');
    isUnderWay = true;
    try {
      return await crashLeader(order);
    } finally {
      isUnderWay = false;
    }
  };
}

function rejectImpossible({ clusterSize }: Config, { members }: Cluster, { laggards }: CrashOrder): void {
  if (laggards === 0) return;
  const isWhole = members.every(({ status }) => status === 'live');
  if (!isWhole || laggards > clusterSize - majorityOf(clusterSize)) {
    throw new Problem('conflict', 'laggards take a minority of a cluster whose nodes are all live');
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Timers take whole milliseconds: the rest in turns of the event loop. */
async function sleep(us: number): Promise<void> {
  const endUs = nowUs() + us;
  const wholeMs = Math.floor(us / 1000);
  if (wholeMs > 1) await delay(wholeMs - 1);
  while (nowUs() < endUs) await nextTurn();
}
