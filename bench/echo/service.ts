import type { Service } from '../../src/model/service.ts';

export const service: Service = {
  id: 'echo',
  contractVersion: 1,
  isCluster: false,
  database: null,
  environment: ({ workerCount }) => ({ WORKERS: String(workerCount) }),
  vectorVariables: () => ({}),
  statementBudgets: null,
  countedLoad: null,
};
