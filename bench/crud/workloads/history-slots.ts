import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { sessionOf, weightedDraw } from '../operations/session.ts';
import { slotDraws } from '../operations/slot-draws.ts';

/** Of 200, as `history` but for sessions that end: whose turn that is would have to be known to all. */
const mix = {
  read: 38,
  content: 48,
  'read-changed': 14,
  revalidate: 32,
  list: 16,
  'list-next': 8,
  create: 12,
  replace: 16,
  delete: 12,
  'use-session': 2,
  'use-ended': 2,
} as const;

/** `history` for generators whose sessions share nothing, as the virtual users of k6. */
export const workload: Workload = {
  id: 'history-slots',
  service: 'crud',
  version: 1,
  description:
    'file history where each session changes its own files: 4 KiB files read (zipf, exponent 0.99, of 5,000 that nobody changes), listed, made, replaced and deleted',
  mix,
  fixedRatePerSec: null,
  sharesNothing: true,
  open(context) {
    const random = createRandom(context.seed);
    const { draws, acknowledged } = slotDraws(context, random);
    return sessionOf(weightedDraw(random, mix, draws), acknowledged);
  },
};
