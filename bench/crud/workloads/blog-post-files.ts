import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { openAggregations } from '../operations/aggregations.ts';
import { fileDraws, fileMix, streamCount } from '../operations/blog-post-halves.ts';
import { openFiles } from '../operations/files.ts';
import { evenDraw, sessionOf } from '../operations/session.ts';

export const workload: Workload = {
  id: 'blog-post-files',
  service: 'crud',
  version: 2,
  description:
    'the file half of `blog-post`: five APIs of files at 25/s each, one aggregation a second, three event streams',
  mix: fileMix,
  fixedRatePerSec: 126,
  open(context) {
    const files = openFiles(context);
    const aggregations = openAggregations(context, streamCount);
    const next = evenDraw(fileMix, fileDraws(files, aggregations, createRandom(context.seed)));
    return sessionOf(next, files.acknowledged, aggregations.streams);
  },
};
