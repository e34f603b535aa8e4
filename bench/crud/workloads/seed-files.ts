import type { Workload } from '../../../src/model/workload.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { openAggregations } from '../operations/aggregations.ts';
import { evenDraw } from '../operations/draw.ts';
import { openFiles } from '../operations/files.ts';
import { fileDraws, fileMix, streamCount } from '../operations/seed-halves.ts';
import { sessionOf } from '../operations/session.ts';

export const workload: Workload = {
  id: 'seed-files',
  service: 'crud',
  version: 1,
  description:
    'the file half of `seed`: five APIs of files at 25/s each, one aggregation a second, three event streams',
  mix: fileMix,
  fixedRatePerSec: 126,
  open(context) {
    const files = openFiles(context);
    const aggregations = openAggregations(context, streamCount);
    const next = evenDraw(fileMix, fileDraws(files, aggregations, createRandom(context.seed)));
    return sessionOf(next, files.ledger, aggregations.streams);
  },
};
