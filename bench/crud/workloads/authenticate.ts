import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { authenticate } from '../operations/accounts.ts';
import { sessionOf } from '../operations/session.ts';

/** The path that every other request begins with, alone. */
export const workload: Workload = {
  id: 'authenticate',
  service: 'crud',
  version: 1,
  description: 'GET /users/me with 2,000 live tokens of 1,000 users, each equally likely',
  mix: { authenticate: 1 },
  fixedRatePerSec: null,
  isStateless: true,
  open: ({ seed }) => sessionOf(authenticate(seed, createRandom(seed), 2)),
};
