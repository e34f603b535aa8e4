import type { Workload } from '../../../src/model/workload.ts';
import { aggregate, openAggregations, readResult } from '../operations/aggregations.ts';
import { evenDraw, sessionOf } from '../operations/session.ts';

/** Few enough that a process has room for all of them in its share of `MAX_EVENT_STREAMS`, up to eight processes. */
const ownerCount = 8;
const mix = { aggregate: 9, 'read-result': 1 } as const;

export const workload: Workload = {
  id: 'aggregate',
  service: 'crud',
  version: 1,
  description: 'means of eight vectors of 256 KiB, reported by eight event streams; each tenth request reads a result',
  mix,
  fixedRatePerSec: null,
  open(context) {
    const aggregations = openAggregations(context, ownerCount);
    const next = evenDraw(mix, {
      aggregate: aggregate(aggregations),
      'read-result': readResult(context.seed, aggregations),
    });
    return sessionOf(next, undefined, aggregations.streams);
  },
};
