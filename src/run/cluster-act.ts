import type { ClusterFigures, ClusterSpec, Election } from '../model/cluster.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { ClusterControl, ClusterState, HostElection } from '../target/cluster.ts';
import type { TrialWorld } from './world.ts';

type Clock = Pick<TrialWorld, 'sleepMs'>;

interface Play {
  readonly cluster: ClusterControl;
  readonly setting: ClusterSpec;
  readonly clock: Clock;
  /** Number of the newest election known. */
  readonly seen: { number: number };
}

/** Longer than any election should take: the published one without any randomness took more than 9.8 s. */
const electionLimitMs = 10_000;
const wholeLimitMs = 10_000;
/** Each look is work for the target too, and some of it falls into what is timed. */
const lookEveryMs = 25;

/** Does to the cluster what the workload asks for during the measured window. Gives the elections this caused. */
export async function playAct({ cluster: setting, profile }: TrialSpec, cluster: ClusterControl, clock: Clock) {
  if (setting === null) throw new Error('a trial without a cluster has no act');
  const play = { cluster, setting, clock, seen: { number: 0 } };
  if (setting.act === 'crash-leaders') return crashInTurn(play);
  if (setting.act === 'crash-under-load') return crashEvenly(play, profile.measureMs);
  if (profile.ratePerSec === 0) await clock.sleepMs(profile.measureMs);
  return [];
}

/** One crash after another, each when the cluster is whole again. */
async function crashInTurn(play: Play): Promise<Election[]> {
  const elections: Election[] = [];
  while (elections.length < play.setting.crashCount) elections.push(await loseLeader(play));
  return elections;
}

/** Crashes in the middle of equal parts of the window. */
async function crashEvenly(play: Play, windowMs: number): Promise<Election[]> {
  const { crashCount } = play.setting;
  const partMs = windowMs / Math.max(1, crashCount);
  const elections: Election[] = [];
  let elapsedMs = 0;
  const clock: Clock = {
    sleepMs(durationMs) {
      elapsedMs += durationMs;
      return play.clock.sleepMs(durationMs);
    },
  };
  while (elections.length < crashCount) {
    await clock.sleepMs(Math.max(0, (elections.length + 0.5) * partMs - elapsedMs));
    elections.push(await loseLeader({ ...play, clock }));
  }
  return elections;
}

/** Crashes the leader, waits for the next one, then makes the cluster whole again. */
async function loseLeader({ cluster, setting, clock, seen }: Play): Promise<Election> {
  const conditions = { synchronise: setting.synchronised, laggards: setting.laggardCount };
  const node = await until(clock, electionLimitMs, () => cluster.crashLeader(conditions));
  if (node === null) return { electionMs: null, terms: null };
  const ended = await until(clock, electionLimitMs, async () => {
    const election = (await cluster.electionsAfter(seen.number)).at(-1);
    return election === undefined || election.electionUs === null ? null : election;
  });
  seen.number = ended?.number ?? seen.number + 1;
  await cluster.restart(node);
  await until(clock, wholeLimitMs, async () => (isWhole(await cluster.state()) ? true : null));
  return ended === null ? { electionMs: null, terms: null } : electionOf(ended);
}

function electionOf({ electionUs, terms }: HostElection): Election {
  return { electionMs: electionUs === null ? null : electionUs / 1000, terms };
}

/** Every node is up and knows the leader of the newest term. */
function isWhole({ leader, term, nodes }: ClusterState): boolean {
  return (
    leader !== null && nodes.every((node) => node.status === 'live' && node.term === term && node.leader === leader)
  );
}

async function until<T>(clock: Clock, limitMs: number, look: () => Promise<T | null>): Promise<T | null> {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const seen = await look();
    if (seen !== null || waitedMs >= limitMs) return seen;
    await clock.sleepMs(lookEveryMs);
  }
}

/** What became of the cluster between two looks. */
export async function clusterFigures(
  cluster: ClusterControl,
  before: ClusterState,
  elections: Election[],
): Promise<ClusterFigures> {
  const after = await cluster.state();
  const delay = after.oneWayDelayUs;
  return {
    nodeCount: after.clusterSize,
    liveAfterCount: after.nodes.filter(({ status }) => status === 'live').length,
    termBefore: before.term,
    termAfter: after.term,
    leaderAfter: after.leader,
    elections,
    oneWayDelay: delay === null ? null : { count: delay.count, p50Ms: delay.p50 / 1000, p99Ms: delay.p99 / 1000 },
  };
}
