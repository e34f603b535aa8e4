export interface NodeConfig {
  /** 1 to clusterSize. */
  readonly id: number;
  readonly clusterSize: number;
  readonly electionTimeoutMinUs: number;
  readonly electionTimeoutMaxUs: number;
  /** Less than electionTimeoutMinUs. */
  readonly heartbeatUs: number;
  /** Most entries of one appendEntries. */
  readonly maxBatchEntries: number;
  /** Entries sent to a peer that it has not confirmed: beyond them nothing new is sent. */
  readonly windowEntries: number;
}

export function majorityOf(clusterSize: number): number {
  return Math.floor(clusterSize / 2) + 1;
}
