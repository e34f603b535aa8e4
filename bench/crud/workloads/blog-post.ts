import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { openAggregations } from '../operations/aggregations.ts';
import {
  authenticationDraws,
  authenticationMix,
  fileDraws,
  fileMix,
  streamCount,
} from '../operations/blog-post-halves.ts';
import { openFiles } from '../operations/files.ts';
import { evenDraw, sessionOf } from '../operations/session.ts';

const mix = { ...authenticationMix, ...fileMix };

/** Log-in and sign-up at 25/s would need one and a half cores for their scrypt alone. */
export const workload: Workload = {
  id: 'blog-post',
  service: 'crud',
  version: 2,
  description:
    'the blog post’s load: 25/s on each of six APIs, 1/s each of log-in, sign-up and aggregation, three event streams',
  mix,
  fixedRatePerSec: 153,
  open(context) {
    const random = createRandom(context.seed);
    const files = openFiles(context);
    const aggregations = openAggregations(context, streamCount);
    const next = evenDraw(mix, {
      ...authenticationDraws(context.seed, random),
      ...fileDraws(files, aggregations, random),
    });
    return sessionOf(next, files.acknowledged, aggregations.streams);
  },
};
