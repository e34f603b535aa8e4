import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { evenDraw } from '../operations/draw.ts';
import { authenticationDraws, authenticationMix } from '../operations/seed-halves.ts';
import { sessionOf } from '../operations/session.ts';

export const workload: Workload = {
  id: 'seed-auth',
  service: 'crud',
  version: 1,
  description: 'the authentication half of `seed`: GET /users/me at 25/s, log-in and sign-up at 1/s each',
  mix: authenticationMix,
  fixedRatePerSec: 27,
  open: ({ seed }) => sessionOf(evenDraw(authenticationMix, authenticationDraws(seed, createRandom(seed)))),
};
