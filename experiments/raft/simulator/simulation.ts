import type { NodeConfig } from '../../../impls/_node/raft/core/config.ts';
import type { Effect } from '../../../impls/_node/raft/core/effect.ts';
import type { Input } from '../../../impls/_node/raft/core/input.ts';
import type { Message } from '../../../impls/_node/raft/core/message.ts';
import type { createNode, Node } from '../../../impls/_node/raft/core/node.ts';
import { createRandom, type Random } from '../../../src/stats/random.ts';
import { createChecker, Violation } from './checker.ts';
import { drawConditions, type SimulationConditions } from './conditions.ts';
import { crashDisk, createDisk, type Disk, sync } from './disk.ts';
import { createEventQueue } from './event-queue.ts';

export interface SimulationOrder {
  readonly seed: number;
  /** Steps of nodes under bad weather; then the network heals and all must settle. */
  readonly stepCount: number;
  readonly createNode: typeof createNode;
  /** Told of every step, before it is checked. */
  readonly onStep?: (step: SimulatedStep) => void;
}

export interface SimulatedStep {
  readonly id: number;
  readonly config: NodeConfig;
  readonly nowUs: number;
  readonly input: Input;
  readonly effects: readonly Effect[];
  readonly node: Node;
}

export interface SimulationResult {
  readonly seed: number;
  readonly clusterSize: number;
  readonly stepCount: number;
  readonly committedCount: number;
  readonly electedCount: number;
  /** null: all is well. */
  readonly violation: { readonly rule: string; readonly text: string } | null;
}

interface Server {
  readonly id: number;
  readonly config: NodeConfig;
  readonly node: Node;
  readonly disk: Disk;
  /** Its clock against the world's. */
  readonly offsetUs: number;
  readonly rate: number;
  isUp: boolean;
  incarnation: number;
  isLeader: boolean;
  /** When it is to be woken; Infinity: not at all. */
  wakeUs: number;
  /** Writes are confirmed in order. */
  diskBusyUntilUs: number;
}

type Event =
  | { readonly type: 'deliver'; readonly message: Message }
  | { readonly type: 'wake'; readonly server: Server; readonly incarnation: number }
  | { readonly type: 'synced'; readonly server: Server; readonly incarnation: number; readonly seq: number }
  | { readonly type: 'client' }
  | { readonly type: 'fault' };

/** After healing, longer than any run of unlucky elections. */
const settleUs = 60_000_000;
const settleStepCount = 50_000;

/** One cluster in virtual time, the same for the same order. */
export function simulate(order: SimulationOrder): SimulationResult {
  const world = createSimulation(order);
  let violation: SimulationResult['violation'] = null;
  try {
    world.run();
  } catch (error) {
    const rule = error instanceof Violation ? error.rule : 'the core threw';
    violation = { rule, text: (error as Error).message };
  }
  return { seed: order.seed, violation, ...world.figures() };
}

function createSimulation({ seed, stepCount, createNode, onStep }: SimulationOrder) {
  const random = createRandom(seed);
  const weather = drawConditions(random);
  const servers = createServers(random, weather, createNode);
  const checker = createChecker(new Map(servers.map(({ id, disk }) => [id, disk])));
  const queue = createEventQueue<Event>();
  const cutLinks = new Set<string>();
  let nowUs = 0;
  let stepsDone = 0;
  let requestId = 0;
  let isHealed = false;

  const below = (n: number): number => random.below(n);
  const happens = (ratio: number): boolean => random.float() < ratio;
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

  function step(server: Server, input: Input): void {
    const localUs = localTime(server, nowUs);
    const effects = server.node.step(localUs, input);
    stepsDone += 1;
    onStep?.({ id: server.id, config: server.config, nowUs: localUs, input, effects, node: server.node });
    checker.stepped(server.id, effects);
    for (const effect of effects) carryOut(server, effect);
    wakeInTime(server, input, localUs);
  }

  function carryOut(server: Server, effect: Effect): void {
    if (effect.type === 'send') send(effect.message);
    else if (effect.type === 'role') server.isLeader = effect.role === 'leader';
    else if (effect.type === 'persist') {
      server.disk.unsynced.push(effect);
      server.diskBusyUntilUs = Math.max(server.diskBusyUntilUs, nowUs + below(weather.diskDelayUs + 1));
      const { incarnation, diskBusyUntilUs } = server;
      queue.push(diskBusyUntilUs, { type: 'synced', server, incarnation, seq: effect.seq });
    }
  }

  function send(message: Message): void {
    if (!isHealed && happens(weather.lossRatio)) return;
    queue.push(nowUs + networkDelay(), { type: 'deliver', message });
    if (!isHealed && happens(weather.duplicateRatio)) queue.push(nowUs + networkDelay(), { type: 'deliver', message });
  }

  function networkDelay(): number {
    const slow = !isHealed && happens(weather.slowRatio) ? 10 : 1;
    return weather.leastDelayUs + below(weather.spreadDelayUs + 1) * slow;
  }

  function wakeInTime(server: Server, input: Input, localUs: number): void {
    const deadlineUs = server.node.nextDeadlineUs();
    if (input.type === 'tick' && deadlineUs <= localUs)
      throw new Violation('deadline', `node ${server.id} wants to be woken in the past`);
    const atUs = Math.ceil((deadlineUs - server.offsetUs) / server.rate);
    if (atUs >= server.wakeUs) return;
    server.wakeUs = atUs;
    queue.push(Math.max(atUs, nowUs), { type: 'wake', server, incarnation: server.incarnation });
  }

  function onWake(server: Server): void {
    server.wakeUs = Infinity;
    const localUs = localTime(server, nowUs);
    if (server.node.nextDeadlineUs() <= localUs) step(server, { type: 'tick' });
    else wakeInTime(server, { type: 'heartbeat' }, localUs);
  }

  function onSynced(server: Server, seq: number): void {
    // Group commit: all that was written may become safe at once.
    const last = happens(weather.groupRatio) ? (server.disk.unsynced.at(-1)?.seq ?? seq) : seq;
    sync(server.disk, Math.max(seq, last));
    step(server, { type: 'persisted', seq: Math.max(seq, last) });
  }

  function start(server: Server): void {
    server.isUp = true;
    server.incarnation += 1;
    server.wakeUs = Infinity;
    server.diskBusyUntilUs = nowUs;
    checker.restarted(server.id);
    const { term, votedFor, entries } = server.disk;
    step(server, { type: 'restart', term, votedFor, entries: [...entries], random: random.uint32() });
  }

  function crash(server: Server): void {
    server.isUp = false;
    server.isLeader = false;
    server.incarnation += 1;
    crashDisk(server.disk, below(server.disk.unsynced.length + 1));
    checker.crashed(server.id);
  }

  function onClient(): void {
    queue.push(nowUs + 1 + below(weather.clientEveryUs), { type: 'client' });
    const up = servers.filter(({ isUp }) => isUp);
    const leaders = up.filter(({ isLeader }) => isLeader);
    if (up.length === 0) return;
    const server = leaders.length > 0 && happens(0.8) ? pick(leaders) : pick(up);
    if (happens(0.4)) read(server);
    else propose(server);
  }

  function propose(server: Server): void {
    const requests = Array.from({ length: 1 + below(weather.batchCount) }, () => {
      const id = ++requestId;
      return { id, command: `k${id % 7}=${id}` };
    });
    for (const { id, command } of requests) checker.proposed(server.id, id, command);
    step(server, { type: 'propose', requests });
  }

  function read(server: Server): void {
    const ids = Array.from({ length: 1 + below(3) }, () => ++requestId);
    for (const id of ids) checker.readAsked(server.id, id);
    step(server, { type: 'read', ids });
  }

  function onFault(): void {
    queue.push(nowUs + 1 + below(weather.faultEveryUs), { type: 'fault' });
    const kind = pick(weather.faults);
    const server = kind === 'crashLeader' ? (servers.find(({ isLeader }) => isLeader) ?? pick(servers)) : pick(servers);
    if (kind === 'crash' || kind === 'crashLeader') toggle(server);
    else if (kind === 'restart') for (const one of servers) if (!one.isUp && happens(0.7)) start(one);
    if (kind === 'isolate') for (const other of servers) cutBoth(server.id, other.id);
    else if (kind === 'partition') partition();
    else if (kind === 'oneWay') cutLinks.add(linkName(server.id, pick(servers).id));
    else if (kind === 'heal') cutLinks.clear();
    if (kind === 'heartbeat' && server.isUp) step(server, { type: 'heartbeat' });
  }

  function toggle(server: Server): void {
    if (server.isUp) crash(server);
    else start(server);
  }

  function partition(): void {
    const side = new Map(servers.map(({ id }) => [id, happens(0.5)]));
    cutLinks.clear();
    for (const a of servers) for (const b of servers) if (side.get(a.id) !== side.get(b.id)) cutBoth(a.id, b.id);
  }

  function cutBoth(a: number, b: number): void {
    cutLinks.add(linkName(a, b)).add(linkName(b, a));
  }

  function onDeliver(message: Message): void {
    const receiver = servers[message.to - 1] as Server;
    if (!receiver.isUp || (cutLinks.size > 0 && cutLinks.has(linkName(message.from, message.to)))) return;
    step(receiver, { type: 'message', message });
  }

  function handle(event: Event): void {
    if (event.type === 'deliver') onDeliver(event.message);
    else if (event.type === 'client') isHealed || onClient();
    else if (event.type === 'fault') isHealed || onFault();
    else if (event.server.incarnation !== event.incarnation) return;
    else if (event.type === 'wake') onWake(event.server);
    else onSynced(event.server, event.seq);
  }

  function advance(): void {
    const next = queue.pop();
    if (next === undefined) throw new Violation('liveness', 'nothing will ever happen again');
    nowUs = next.atUs;
    handle(next.event);
  }

  /** Once the network heals, a leader is found, everything is answered and all logs agree. */
  function settle(): void {
    isHealed = true;
    cutLinks.clear();
    for (const server of servers) if (!server.isUp) start(server);
    const [endUs, endStep] = [nowUs + settleUs, stepsDone + settleStepCount];
    let isAsked = false;
    while (!(isAsked && checker.isSettled())) {
      if (nowUs > endUs || stepsDone > endStep) throw new Violation('liveness', 'the healed cluster does not settle');
      advance();
      const leader = isAsked ? undefined : servers.find(({ isLeader }) => isLeader);
      if (leader === undefined) continue;
      isAsked = true;
      propose(leader);
      read(leader);
    }
  }

  return {
    run() {
      for (const server of servers) start(server);
      queue.push(below(weather.clientEveryUs), { type: 'client' });
      queue.push(below(weather.faultEveryUs), { type: 'fault' });
      while (stepsDone < stepCount) advance();
      settle();
    },
    figures: () => ({
      clusterSize: weather.clusterSize,
      stepCount: stepsDone,
      committedCount: checker.committedCount(),
      electedCount: checker.electedCount(),
    }),
  };
}

function createServers(random: Random, weather: SimulationConditions, create: typeof createNode): Server[] {
  return Array.from({ length: weather.clusterSize }, (_, index) => {
    const config = { ...weather.config, id: index + 1 };
    return {
      id: index + 1,
      config,
      node: create(config),
      disk: createDisk(),
      offsetUs: random.below(1_000_000),
      rate: 1 + (random.float() - 0.5) * weather.clockSkewRatio,
      isUp: false,
      incarnation: 0,
      isLeader: false,
      wakeUs: Infinity,
      diskBusyUntilUs: 0,
    };
  });
}

function localTime({ offsetUs, rate }: Server, nowUs: number): number {
  return offsetUs + Math.floor(nowUs * rate);
}

function linkName(from: number, to: number): string {
  return `${from}>${to}`;
}
