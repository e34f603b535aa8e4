import type { ClusterMeasurement, ClusterSpec, Election } from '../../model/cluster.ts';
import type { TrialSpec } from '../../model/trial.ts';
import type { ClusterControl, ClusterState, ReportedElection } from '../../target/cluster-control.ts';
import type { TrialEnvironment } from './observations.ts';

type Clock = Pick<TrialEnvironment, 'sleepMs'>;

interface FaultContext {
  readonly cluster: ClusterControl;
  readonly setting: ClusterSpec;
  readonly clock: Clock;
  /** Number of the newest election known. */
  readonly lastElection: { number: number };
}

/** Longer than any election should take: the published one without any randomness took more than 9.8 s. */
const electionLimitMs = 10_000;
const recoveryLimitMs = 10_000;
/** Each poll is work for the target too, and some of it falls into what is timed. */
const pollIntervalMs = 25;

/** Does to the cluster what the workload asks for during the measured window. Gives the elections this caused. */
export async function injectFaults({ cluster: setting, loadPlan }: TrialSpec, cluster: ClusterControl, clock: Clock) {
  if (setting === null) throw new Error('a trial without a cluster has no fault');
  const context = { cluster, setting, clock, lastElection: { number: 0 } };
  if (setting.fault === 'crash-leaders') return crashOneByOne(context);
  if (setting.fault === 'crash-under-load') return crashUnderLoad(context, loadPlan.measureMs);
  if (loadPlan.ratePerSec === 0) await clock.sleepMs(loadPlan.measureMs);
  return [];
}

/** One crash after another, each when the cluster is whole again. */
async function crashOneByOne(context: FaultContext): Promise<Election[]> {
  const elections: Election[] = [];
  while (elections.length < context.setting.crashCount) elections.push(await crashLeader(context));
  return elections;
}

/** Crashes in the middle of equal parts of the window. */
async function crashUnderLoad(context: FaultContext, windowMs: number): Promise<Election[]> {
  const { crashCount } = context.setting;
  const partMs = windowMs / Math.max(1, crashCount);
  const elections: Election[] = [];
  let elapsedMs = 0;
  const clock: Clock = {
    sleepMs(durationMs) {
      elapsedMs += durationMs;
      return context.clock.sleepMs(durationMs);
    },
  };
  while (elections.length < crashCount) {
    await clock.sleepMs(Math.max(0, (elections.length + 0.5) * partMs - elapsedMs));
    elections.push(await crashLeader({ ...context, clock }));
  }
  return elections;
}

/** Crashes the leader, waits for the next one, then makes the cluster whole again. */
async function crashLeader({ cluster, setting, clock, lastElection }: FaultContext): Promise<Election> {
  const conditions = { synchronise: setting.heartbeatBeforeCrash, laggards: setting.laggingFollowerCount };
  const node = await pollUntil(clock, electionLimitMs, () => cluster.crashLeader(conditions));
  if (node === null) return { electionMs: null, termCount: null };
  const ended = await pollUntil(clock, electionLimitMs, async () => {
    const election = (await cluster.electionsAfter(lastElection.number)).at(-1);
    return election === undefined || election.electionUs === null ? null : election;
  });
  lastElection.number = ended?.number ?? lastElection.number + 1;
  await cluster.restart(node);
  await pollUntil(clock, recoveryLimitMs, async () => (isFullyLive(await cluster.state()) ? true : null));
  return ended === null ? { electionMs: null, termCount: null } : electionOf(ended);
}

function electionOf({ electionUs, terms }: ReportedElection): Election {
  return { electionMs: electionUs === null ? null : electionUs / 1000, termCount: terms };
}

/** Every node is up and knows the leader of the newest term. */
function isFullyLive({ leader, term, nodes }: ClusterState): boolean {
  return (
    leader !== null && nodes.every((node) => node.status === 'live' && node.term === term && node.leader === leader)
  );
}

async function pollUntil<T>(clock: Clock, limitMs: number, read: () => Promise<T | null>): Promise<T | null> {
  for (let waitedMs = 0; ; waitedMs += pollIntervalMs) {
    const seen = await read();
    if (seen !== null || waitedMs >= limitMs) return seen;
    await clock.sleepMs(pollIntervalMs);
  }
}

/** What became of the cluster between two readings. */
export async function clusterFigures(
  cluster: ClusterControl,
  before: ClusterState,
  elections: Election[],
): Promise<ClusterMeasurement> {
  const after = await cluster.state();
  const delay = after.oneWayDelayUs;
  return {
    nodeCount: after.clusterSize,
    finalLiveCount: after.nodes.filter(({ status }) => status === 'live').length,
    initialTerm: before.term,
    finalTerm: after.term,
    finalLeader: after.leader,
    elections,
    oneWayDelay: delay === null ? null : { count: delay.count, p50Ms: delay.p50 / 1000, p99Ms: delay.p99 / 1000 },
  };
}
