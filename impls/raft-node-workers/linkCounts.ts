import { mostWaiting } from '../_node/raft/host/links.ts';

/** What each link has delivered, in memory that all threads share: a port does not tell how much waits in it. */
export interface LinkCounts {
  /** Node `to` has taken a message of node `from`. */
  delivered(from: number, to: number): void;
  /** For a new link: tells of each message whether there is room for it. */
  admission(from: number, to: number): () => boolean;
}

/** `shared` has a count for each pair of nodes, modulo 2^32. */
export function linkCountsIn(shared: Int32Array, clusterSize: number): LinkCounts {
  const place = (from: number, to: number): number => (from - 1) * clusterSize + to - 1;
  return {
    delivered: (from, to) => void Atomics.add(shared, place(from, to), 1),
    admission(from, to) {
      const at = place(from, to);
      let sentCount = Atomics.load(shared, at);
      return () => {
        const hasRoom = ((sentCount - Atomics.load(shared, at)) | 0) < mostWaiting;
        if (hasRoom) sentCount += 1;
        return hasRoom;
      };
    },
  };
}
