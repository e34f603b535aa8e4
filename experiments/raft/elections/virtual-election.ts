import type { NodeConfig } from '../../../impls/_node/raft/core/config.ts';
import type { Effect } from '../../../impls/_node/raft/core/effect.ts';
import type { Input } from '../../../impls/_node/raft/core/input.ts';
import { createNode, type Node } from '../../../impls/_node/raft/core/node.ts';
import type { Random } from '../../../src/stats/random.ts';
import { createEventQueue } from '../simulator/event-queue.ts';

/** The published experiment's cluster: five nodes, the leader is lost, two of the four others cannot win. */
export interface ElectionSetting {
  readonly electionTimeoutMinUs: number;
  readonly electionTimeoutMaxUs: number;
  /** Of every message. */
  readonly oneWayDelayUs: number;
  /** Deadlines are met at the next multiple of this: 1000 on an event loop. */
  readonly timerStepUs: number;
}

const clusterSize = 5;
const crashedId = 1;
const survivorIds = [2, 3, 4, 5];
const laggardIds = [4, 5];

interface Arrival {
  readonly to: number;
  readonly input: Input;
}

/**
 * One election in virtual time by the core itself, on machines that take no time: microseconds from the leader's crash, which
 * falls evenly into its heartbeat interval, until every survivor has heard of the next leader.
 */
export function electionUs(setting: ElectionSetting, random: Random): number {
  const heartbeatUs = setting.electionTimeoutMinUs / 2;
  const crashedUs = heartbeatUs + random.below(heartbeatUs);
  const nodes = createSurvivors(setting, random, lastHeardUs(setting, heartbeatUs, crashedUs));
  return play(setting, nodes) - crashedUs;
}

/** A broadcast is made each heartbeat; what is under way at the crash is lost with the leader. */
function lastHeardUs({ oneWayDelayUs }: ElectionSetting, heartbeatUs: number, crashedUs: number): number {
  return Math.floor((crashedUs - oneWayDelayUs) / heartbeatUs) * heartbeatUs + oneWayDelayUs;
}

/** Each has just heard from the leader: restarting draws the time-out that this would have drawn. */
function createSurvivors(setting: ElectionSetting, random: Random, nowUs: number): Map<number, Node> {
  const { electionTimeoutMinUs, electionTimeoutMaxUs } = setting;
  const rest = { heartbeatUs: electionTimeoutMinUs / 2, maxBatchEntries: 64, windowEntries: 1024, clusterSize };
  const nodes = new Map<number, Node>();
  for (const id of survivorIds) {
    const config: NodeConfig = { id, electionTimeoutMinUs, electionTimeoutMaxUs, ...rest };
    const node = createNode(config);
    const entry = { term: 1, command: '' };
    const entries = laggardIds.includes(id) ? [entry] : [entry, entry];
    node.step(nowUs, { type: 'restart', term: 1, votedFor: crashedId, entries, random: random.uint32() });
    nodes.set(id, node);
  }
  return nodes;
}

/** Gives when the last of them has heard of the new leader. */
function play({ oneWayDelayUs, timerStepUs }: ElectionSetting, nodes: ReadonlyMap<number, Node>): number {
  const queue = createEventQueue<Arrival>();
  const leaders = new Map<number, string>();

  function step(nowUs: number, { to, input }: Arrival): void {
    const node = nodes.get(to);
    if (node === undefined || (input.type === 'tick' && nowUs < node.nextDeadlineUs())) return;
    for (const effect of node.step(nowUs, input)) carryOut(nowUs, to, effect);
    arm(to, node);
  }

  function carryOut(nowUs: number, id: number, effect: Effect): void {
    if (effect.type === 'persist') step(nowUs, { to: id, input: { type: 'persisted', seq: effect.seq } });
    else if (effect.type === 'role') leaders.set(id, effect.leader === 0 ? '' : `${effect.leader} of ${effect.term}`);
    else if (effect.type === 'send')
      queue.push(nowUs + oneWayDelayUs, { to: effect.message.to, input: { type: 'message', message: effect.message } });
  }

  function arm(to: number, node: Node): void {
    const atUs = Math.ceil(node.nextDeadlineUs() / timerStepUs) * timerStepUs;
    queue.push(atUs, { to, input: { type: 'tick' } });
  }

  function isOver(): boolean {
    const [first = '', ...others] = survivorIds.map((id) => leaders.get(id) ?? '');
    return first !== '' && others.every((leader) => leader === first);
  }

  for (const [id, node] of nodes) arm(id, node);
  for (;;) {
    const next = queue.pop();
    if (next === undefined) throw new Error('nothing is left to happen, and nobody leads');
    step(next.atUs, next.event);
    if (isOver()) return next.atUs;
  }
}
