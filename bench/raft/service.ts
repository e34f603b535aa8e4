import type { Service } from '../../src/model/service.ts';

export const service: Service = {
  id: 'raft',
  contractVersion: 1,
  database: null,
  // DATA_DIR is a fresh folder for each start; a workload may set others of the contract's names.
  environment: ({ seed }) => ({
    CLUSTER_SIZE: '3',
    ELECTION_TIMEOUT_MIN_MS: '150',
    ELECTION_TIMEOUT_MAX_MS: '300',
    HEARTBEAT_MS: '75',
    NETWORK_DELAY_US: '0',
    DURABILITY: 'file',
    REQUEST_TIMEOUT_MS: '2000',
    LOG_LEVEL: 'warn',
    SEED: String(seed % 2 ** 32),
  }),
  vectorVariables: () => ({}),
  statementBudgets: null,
};
