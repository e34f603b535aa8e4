import type { ServerSentEvent, WorkloadContext } from '../../../src/model/workload.ts';
import { vectorFileIdsOf } from '../dataset.ts';
import { isUuid } from './answer.ts';
import { type UserHeaders, userHeaders } from './credentials.ts';
import type { EventStreams } from './session.ts';

/** One of the users whose vectors are averaged, over and over. */
export interface VectorOwner {
  readonly vectorIds: readonly string[];
  readonly headers: UserHeaders;
  /** Their newest result, once there is one. */
  resultFileId: string | null;
}

/** The aggregations of one session, between their 202 and their event. */
export interface Aggregations {
  readonly owners: readonly VectorOwner[];
  readonly streams: EventStreams;
  accept(id: string, owner: VectorOwner): void;
}

/** Events that came before their 202 was read: a few at most, unless the target repeats old ones. */
const earlyLimit = 256;

/** The first `ownerCount` owners of vectors, a stream for each. */
export function openAggregations({ seed, nowNs }: WorkloadContext, ownerCount: number): Aggregations {
  const headersOf = userHeaders(seed);
  const owners = Array.from({ length: ownerCount }, (_, user) => ({
    vectorIds: vectorFileIdsOf(seed, user),
    headers: headersOf(user),
    resultFileId: null,
  }));
  const accepted = new Map<string, { readonly owner: VectorOwner; readonly atNs: number }>();
  const early = new Map<string, Outcome>();

  function onEvent(event: ServerSentEvent) {
    const outcome = readOutcome(event);
    if (outcome === null) return null;
    const waiting = accepted.get(outcome.aggregationId);
    if (waiting === undefined) {
      remember(early, outcome);
      return null;
    }
    accepted.delete(outcome.aggregationId);
    waiting.owner.resultFileId = outcome.resultFileId;
    return { operation: 'aggregation-ready', startedAtNs: waiting.atNs };
  }

  return {
    owners,
    streams: { requests: owners.map(streamOf), onEvent },
    accept(id, owner) {
      const outcome = early.get(id);
      if (outcome === undefined) {
        accepted.set(id, { owner, atNs: nowNs() });
        return;
      }
      // Told before it was accepted: there is no time between the two to record.
      early.delete(id);
      owner.resultFileId = outcome.resultFileId;
    },
  };
}

function streamOf({ headers }: VectorOwner) {
  return {
    method: 'GET',
    path: '/events',
    headers: { authorization: headers.authorization, accept: 'text/event-stream' },
    body: null,
  } as const;
}

interface Outcome {
  readonly aggregationId: string;
  readonly resultFileId: string;
}

/** null for all but a finished aggregation with its result; that none fails is an invariant of the service. */
function readOutcome({ event, data }: ServerSentEvent): Outcome | null {
  if (event !== 'aggregation') return null;
  try {
    const { aggregationId, status, resultFileId } = JSON.parse(data);
    return status === 'ready' && isUuid(aggregationId) && isUuid(resultFileId) ? { aggregationId, resultFileId } : null;
  } catch {
    return null;
  }
}

function remember(early: Map<string, Outcome>, outcome: Outcome): void {
  early.set(outcome.aggregationId, outcome);
  if (early.size <= earlyLimit) return;
  const [oldest] = early.keys();
  early.delete(oldest as string);
}
