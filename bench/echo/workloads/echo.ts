import type { Operation, Workload, WorkloadRequest } from '../../../src/model/workload.ts';

const request: WorkloadRequest = { method: 'GET', path: '/echo', headers: {}, body: null };

const echo: Operation = {
  name: 'echo',
  request,
  check(response) {
    if (response.status !== 200) return `status ${response.status} instead of 200`;
    const [first, second, ...rest] = response.body;
    return first === 0x6f && second === 0x6b && rest.length === 0 ? null : 'body is not ok';
  },
  abandon() {},
};

/** One question, one answer: what the generator and a runtime's HTTP server cost by themselves. */
export const workload: Workload = {
  id: 'echo',
  service: 'echo',
  version: 1,
  description: 'GET /echo, answered by two bytes',
  mix: { echo: 1 },
  fixedRatePerSec: null,
  isStateless: true,
  open: () => ({
    next: () => echo,
    streams: [],
    onEvent: () => null,
    acknowledged: () => ({ createdCount: 0, deletedCount: 0, uncertainCount: 0 }),
  }),
};
