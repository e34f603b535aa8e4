import { nowUs } from './clock.ts';
import type { Config } from './config.ts';
import { type DelaySummary, summarizeDelays } from './delays.ts';
import { createElectionLog, type ElectionLog } from './elections.ts';
import { Problem } from './problem.ts';
import { createRequests, noLeader, type Requests } from './requests.ts';
import type { Answer, NodeStatus, RoleReport } from './runner.ts';
import type { Host, Slot, Started } from './slot.ts';

type MemberStatus = 'live' | 'isolated' | 'crashed';

export interface Member {
  readonly id: number;
  readonly slot: Slot;
  status: MemberStatus;
  incarnation: number;
  /** The last that the node reported. */
  report: RoleReport | null;
  /** A crash, restart, isolation or healing is under way. */
  isChanging: boolean;
}

export interface CrashAnswer {
  readonly id: number;
  readonly wasLeader: boolean;
  readonly term: number;
  readonly delayUs: number;
  readonly crashedAtUs: number;
}

interface NodeAnswer {
  readonly id: number;
  readonly status: MemberStatus;
  readonly incarnation: number;
  readonly role: string | null;
  readonly term: number | null;
  readonly leader: number | null;
  readonly commitIndex: number | null;
  readonly lastLogIndex: number | null;
}

export interface ClusterAnswer {
  readonly clusterSize: number;
  readonly leader: number | null;
  readonly term: number;
  readonly nowUs: number;
  readonly oneWayDelayUs: DelaySummary | null;
  readonly nodes: readonly NodeAnswer[];
}

interface RestartAnswer {
  readonly id: number;
  readonly incarnation: number;
  readonly restartedAtUs: number;
  readonly term: number;
  readonly lastLogIndex: number;
  readonly droppedBytes: number;
}

/** The nodes of one program, as its clients see them: where they run is the host's concern. */
export interface Cluster {
  readonly members: readonly Member[];
  readonly elections: ElectionLog;
  /** Starts every node. @throws what openLogFile throws */
  start(): Promise<void>;
  /** Of the nodes neither crashed nor isolated the one that leads in the highest term. */
  leader(): Member | null;
  put(key: string, value: string): Promise<Answer>;
  get(key: string): Promise<Answer>;
  propose(member: Member, command: string): Promise<Answer>;
  describe(): Promise<ClusterAnswer>;
  crash(member: Member, delayUs: number): Promise<CrashAnswer>;
  restart(member: Member): Promise<RestartAnswer>;
  isolate(member: Member, isIsolated: boolean): Promise<void>;
  stop(): Promise<void>;
}

export type Log = (line: string) => void;

export function createCluster(config: Config, host: Host, log: Log): Cluster {
  const requests: Requests = createRequests(config.requestTimeoutMs);
  const elections = createElectionLog();
  // Every node has been started once: before that there is nothing to serve.
  let isWhole = false;
  const members: Member[] = Array.from({ length: config.clusterSize }, (_, index) => createMember(index + 1));

  function createMember(id: number): Member {
    const slot = host.slot(id, {
      answered: requests.answered,
      roleChanged(report) {
        member.report = report;
        elections.reported(id, report);
      },
      failed(reason) {
        log(`node ${id} crashed: ${reason}`);
        // The contract times elections after the crashes that were asked for.
        if (noteCrash(member, nowUs()).wasLeader) elections.disturbed();
      },
    });
    const member: Member = { id, slot, status: 'crashed', incarnation: 0, report: null, isChanging: false };
    return member;
  }

  async function startMember(member: Member): Promise<Started> {
    member.incarnation += 1;
    member.report = null;
    const started = await member.slot.start(member.incarnation);
    member.status = 'live';
    if (started.droppedBytes > 0) log(droppedText(member.id, started));
    return started;
  }

  function leader(): Member | null {
    if (!isWhole) return null;
    let best: Member | null = null;
    for (const member of members) {
      const { status, report } = member;
      if (status !== 'live' || report?.role !== 'leader') continue;
      if (best === null || report.term > (best.report?.term ?? 0)) best = member;
    }
    return best;
  }

  function leaderOrRefuse(): Member {
    const member = leader();
    if (member === null) throw noLeader();
    return member;
  }

  function noteCrash(member: Member, atUs: number): Omit<CrashAnswer, 'delayUs'> {
    const { id, report } = member;
    const wasLeader = leader() === member;
    const term = report?.term ?? 0;
    member.status = 'crashed';
    member.report = null;
    requests.crashed(id);
    if (!wasLeader) elections.lost(id);
    return { id, wasLeader, term, crashedAtUs: atUs };
  }

  function liveIds(): number[] {
    return members.filter(({ status }) => status === 'live').map(({ id }) => id);
  }

  async function crash(member: Member, delayUs: number): Promise<CrashAnswer> {
    rejectIfCrashed(member);
    return change(member, async () => {
      const atUs = await member.slot.cut();
      // It may have ended by itself meanwhile.
      rejectIfCrashed(member);
      const { id, wasLeader, term, crashedAtUs } = noteCrash(member, atUs);
      if (wasLeader) elections.opened({ id, term, atUs }, liveIds());
      await member.slot.kill();
      return { id, wasLeader, term, delayUs, crashedAtUs };
    });
  }

  async function restart(member: Member): Promise<RestartAnswer> {
    if (member.status !== 'crashed') throw new Problem('conflict', `node ${member.id} is not crashed`);
    return change(member, async () => {
      elections.disturbed();
      const { term, lastLogIndex, droppedBytes } = await startMember(member);
      const { id, incarnation } = member;
      return { id, incarnation, restartedAtUs: nowUs(), term, lastLogIndex, droppedBytes };
    });
  }

  async function isolate(member: Member, isIsolated: boolean): Promise<void> {
    rejectIfCrashed(member);
    await change(member, async () => {
      elections.disturbed();
      await member.slot.isolate(isIsolated);
      if (member.status !== 'crashed') member.status = isIsolated ? 'isolated' : 'live';
    });
  }

  async function describe(): Promise<ClusterAnswer> {
    const statuses = await Promise.all(members.map(statusOf));
    return {
      clusterSize: config.clusterSize,
      leader: leader()?.id ?? null,
      term: Math.max(0, ...statuses.map((status) => status?.term ?? 0)),
      nowUs: nowUs(),
      oneWayDelayUs: summarizeDelays(statuses.flatMap((status) => status?.delaysUs ?? [])),
      nodes: members.map((member, i) => nodeAnswer(member, statuses[i] ?? null)),
    };
  }

  return {
    members,
    elections,
    async start() {
      await Promise.all(members.map((member) => change(member, () => startMember(member))));
      isWhole = true;
    },
    leader,
    put(key, value) {
      const { id, slot } = leaderOrRefuse();
      return requests.put(id, slot, key, value);
    },
    get(key) {
      const { id, slot } = leaderOrRefuse();
      return requests.get(id, slot, key);
    },
    propose: ({ id, slot }, command) => requests.propose(id, slot, command),
    describe,
    crash,
    restart,
    isolate,
    async stop() {
      await Promise.all(members.map(stopMember));
      await host.close();
    },
  };
}

/** One change of a node at a time. */
async function change<T>(member: Member, work: () => Promise<T>): Promise<T> {
  if (member.isChanging) throw new Problem('conflict', `node ${member.id} is being changed by another request`);
  member.isChanging = true;
  try {
    return await work();
  } finally {
    member.isChanging = false;
  }
}

async function stopMember(member: Member): Promise<void> {
  if (member.status !== 'crashed') await member.slot.cut();
  member.status = 'crashed';
  await member.slot.kill();
}

function rejectIfCrashed({ id, status }: Member): void {
  if (status === 'crashed') throw new Problem('conflict', `node ${id} is crashed`);
}

async function statusOf({ slot, status }: Member): Promise<NodeStatus | null> {
  return status === 'crashed' ? null : slot.status(true).catch(() => null);
}

function nodeAnswer({ id, status, incarnation }: Member, node: NodeStatus | null): NodeAnswer {
  return {
    id,
    status,
    incarnation,
    role: node?.role ?? null,
    term: node?.term ?? null,
    leader: node === null || node.leader === 0 ? null : node.leader,
    commitIndex: node?.commitIndex ?? null,
    lastLogIndex: node?.lastLogIndex ?? null,
  };
}

function droppedText(id: number, { lastLogIndex, droppedBytes }: Started): string {
  return `node ${id}: its log ended torn or corrupt: ${lastLogIndex} entries kept, ${droppedBytes} bytes dropped`;
}
