import type { Service } from '../../src/model/service.ts';

export const service: Service = {
  id: 'raft',
  contractVersion: 2,
  database: null,
  isCluster: true,
  environment: ({ seed, cluster }) => ({
    CLUSTER_SIZE: String(cluster?.size ?? 3),
    ELECTION_TIMEOUT_MIN_MS: String(cluster?.electionTimeoutMinMs ?? 150),
    ELECTION_TIMEOUT_MAX_MS: String(cluster?.electionTimeoutMaxMs ?? 300),
    HEARTBEAT_MS: String(cluster?.heartbeatMs ?? 75),
    NETWORK_DELAY_US: String(cluster?.networkDelayUs ?? 0),
    DURABILITY: cluster?.durability ?? 'file',
    REQUEST_TIMEOUT_MS: '2000',
    LOG_LEVEL: 'warn',
    SEED: String(seed % 2 ** 32),
  }),
  vectorVariables: () => ({}),
  statementBudgets: null,
  countedLoad: null,
};
