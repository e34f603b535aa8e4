import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { authenticationDraws, authenticationMix } from '../operations/blog-post-halves.ts';
import { evenDraw, sessionOf } from '../operations/session.ts';

export const workload: Workload = {
  id: 'blog-post-auth',
  service: 'crud',
  version: 1,
  description: 'the authentication half of `blog-post`: GET /users/me at 25/s, log-in and sign-up at 1/s each',
  mix: authenticationMix,
  fixedRatePerSec: 27,
  open: ({ seed }) => sessionOf(evenDraw(authenticationMix, authenticationDraws(seed, createRandom(seed)))),
};
