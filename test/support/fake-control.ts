import type { ClusterControl, ClusterState, HostElection } from '../../src/target/cluster.ts';

/** A cluster that does what it is told, and writes down what that was. */
export interface FakeControl extends ClusterControl {
  /** A new term by itself, as when a leader cannot keep up. */
  loseLeader(): void;
}

export interface FakeControlOptions {
  readonly size?: number;
  /** How long the election after each crash took; null: none came. */
  readonly electionsUs?: readonly (number | null)[];
  /** Looks at the elections until one is over. */
  readonly looksNeeded?: number;
}

export function fakeControl(note: (text: string) => void, options: FakeControlOptions = {}): FakeControl {
  const { size = 3, electionsUs = [], looksNeeded = 1 } = options;
  const elections: HostElection[] = [];
  const crashed = new Set<number>();
  let term = 1;
  let leader = 1;
  let lookCount = 0;
  const state = (): ClusterState => ({
    clusterSize: size,
    term,
    leader: crashed.has(leader) ? null : leader,
    oneWayDelayUs: { count: 10, p50: 1_500, p99: 4_000 },
    nodes: Array.from({ length: size }, (_, index) => ({
      id: index + 1,
      status: crashed.has(index + 1) ? ('crashed' as const) : ('live' as const),
      term: crashed.has(index + 1) ? null : term,
      leader: crashed.has(index + 1) ? null : leader,
    })),
  });
  return {
    state: async () => state(),
    loseLeader() {
      term += 1;
    },
    async crashLeader({ synchronise, laggards }) {
      const node = leader;
      const electionUs = electionsUs[elections.length] ?? null;
      note(`crash ${node}${synchronise ? ' synchronised' : ''}${laggards > 0 ? ` with ${laggards} laggards` : ''}`);
      crashed.add(node);
      lookCount = 0;
      elections.push({
        number: elections.length + 1,
        crashedAtUs: 0,
        electionUs,
        terms: electionUs === null ? null : 1,
      });
      if (electionUs !== null) {
        term += 1;
        leader = (node % size) + 1;
      }
      return node;
    },
    async restart(node) {
      note(`restart ${node}`);
      crashed.delete(node);
    },
    async electionsAfter(number) {
      lookCount += 1;
      const over = lookCount >= looksNeeded;
      return elections.filter((one) => one.number > number).map((one) => (over ? one : { ...one, electionUs: null }));
    },
  };
}
