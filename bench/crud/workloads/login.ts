import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { logIn } from '../operations/accounts.ts';
import { sessionOf } from '../operations/session.ts';

/** Nearly all of it is scrypt: about 30 ms of CPU a request in every language. Asked as a ladder of 5, 10 and 20/s. */
export const workload: Workload = {
  id: 'login',
  service: 'crud',
  version: 1,
  description: 'POST /sessions of 1,000 users with the right password',
  mix: { 'log-in': 1 },
  fixedRatePerSec: null,
  open: ({ seed }) => sessionOf(logIn(seed, createRandom(seed))),
};
