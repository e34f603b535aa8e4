import type { ClusterFigures, Election } from '../model/cluster.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { ClusterControl, ClusterState } from '../target/cluster.ts';
import type { TrialWorld } from './world.ts';

type Clock = Pick<TrialWorld, 'sleepMs'>;

/** Longer than any election should take: the published one without any randomness took more than 9.8 s. */
const electionLimitMs = 10_000;
const wholeLimitMs = 10_000;
/** Each look is work for the target too. */
const lookEveryMs = 20;

/** Does to the cluster what the workload asks for during the measured window. Gives the elections this caused. */
export async function playAct(spec: TrialSpec, cluster: ClusterControl, clock: Clock): Promise<Election[]> {
  const { cluster: setting, profile } = spec;
  if (setting === null) throw new Error('a trial without a cluster has no act');
  if (setting.act === 'crash-leaders') return crashInTurn(setting.crashCount, cluster, clock, setting.heartbeatMs);
  if (setting.act === 'crash-under-load') {
    return crashEvenly(setting.crashCount, profile.measureMs, cluster, clock);
  }
  if (profile.ratePerSec === 0) await clock.sleepMs(profile.measureMs);
  return [];
}

/** One crash after another, each as soon as the cluster is whole again. */
async function crashInTurn(
  count: number,
  cluster: ClusterControl,
  clock: Clock,
  heartbeatMs: number,
): Promise<Election[]> {
  const elections: Election[] = [];
  for (let done = 0; done < count; done += 1) {
    elections.push(await loseLeader(cluster, clock));
    // Followers must have forgotten when they were last woken by this crash.
    await clock.sleepMs(2 * heartbeatMs);
  }
  return elections;
}

/** Crashes in the middle of equal parts of the window. */
async function crashEvenly(
  count: number,
  windowMs: number,
  cluster: ClusterControl,
  clock: Clock,
): Promise<Election[]> {
  const partMs = windowMs / Math.max(1, count);
  const elections: Election[] = [];
  for (let done = 0; done < count; done += 1) {
    const rest = clock.sleepMs(done === 0 ? partMs / 2 : partMs);
    await rest;
    elections.push(await loseLeader(cluster, clock));
  }
  return elections;
}

/** Crashes the leader, waits for the next one, then makes the cluster whole. */
async function loseLeader(cluster: ClusterControl, clock: Clock): Promise<Election> {
  const knownCount = (await cluster.elections()).length;
  const node = await cluster.crashLeader();
  if (node === null) {
    await waitUntilWhole(cluster, clock);
    return { electionMs: null, termsUsed: null, splitVotes: null };
  }
  const found = await until(clock, electionLimitMs, async () => (await cluster.elections())[knownCount] ?? null);
  await cluster.restart(node);
  await waitUntilWhole(cluster, clock);
  if (found === null) return { electionMs: null, termsUsed: null, splitVotes: null };
  const { electionUs, termsUsed, splitVotes } = found;
  return { electionMs: electionUs === null ? null : electionUs / 1000, termsUsed, splitVotes };
}

async function waitUntilWhole(cluster: ClusterControl, clock: Clock): Promise<void> {
  await until(clock, wholeLimitMs, async () => (isWhole(await cluster.state()) ? true : null));
}

/** Every node is up and follows the same leader's term. */
function isWhole({ leader, term, nodes }: ClusterState): boolean {
  return leader !== null && nodes.every((node) => node.status === 'up' && node.term === term);
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
  const inMs = (us: number | null) => (us === null ? null : us / 1000);
  return {
    termBefore: before.term,
    termAfter: after.term,
    leaderAfter: after.leader,
    elections,
    oneWayDelay: delay === null ? null : { count: delay.count, p50Ms: inMs(delay.p50), p99Ms: inMs(delay.p99) },
  };
}
