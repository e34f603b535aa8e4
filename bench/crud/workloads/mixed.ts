import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { authenticate, logIn, signUp } from '../operations/accounts.ts';
import { aggregate, openAggregations, readResult } from '../operations/aggregations.ts';
import { openFiles } from '../operations/files.ts';
import { historyDraws } from '../operations/history-draws.ts';
import { sessionOf, weightedDraw } from '../operations/session.ts';
import { sessionLife } from '../operations/session-life.ts';

/** As many streams as in `blog-post`. */
const ownerCount = 3;

/** Of 200. At 100/s that is one log-in and one log-out a second, and a sign-up and an aggregation every other second. */
const mix = {
  authenticate: 26,
  read: 36,
  content: 42,
  'read-changed': 10,
  revalidate: 24,
  list: 13,
  'list-next': 6,
  create: 10,
  replace: 13,
  delete: 10,
  'log-in': 2,
  'use-session': 1,
  'log-out': 2,
  'use-ended': 1,
  'sign-up': 1,
  aggregate: 1,
  'read-result': 2,
} as const;

export const workload: Workload = {
  id: 'mixed',
  service: 'crud',
  version: 2,
  description:
    'every route: file history, authentication, a little scrypt, aggregations reported by three event streams',
  mix,
  fixedRatePerSec: null,
  open(context) {
    const { seed } = context;
    const random = createRandom(seed);
    const files = openFiles(context);
    const aggregations = openAggregations(context, ownerCount);
    const tokens: string[] = [];
    const next = weightedDraw(random, mix, {
      ...historyDraws(files, random),
      // Only the first sessions: the second ones are logged out in the course of it.
      authenticate: authenticate(seed, random, 1),
      'log-in': logIn(seed, random, (token) => tokens.push(token)),
      ...sessionLife(seed, tokens),
      'sign-up': signUp(),
      aggregate: aggregate(aggregations),
      'read-result': readResult(seed, aggregations),
    });
    return sessionOf(next, files.acknowledged, aggregations.streams);
  },
};
