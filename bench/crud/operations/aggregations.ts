import type { Operation, ServerSentEvent, WorkloadContext, WorkloadResponse } from '../../../src/model/workload.ts';
import { vectorFileIdsOf, vectorSizeBytes } from '../dataset.ts';
import { isUuid, readJson, wrongEtag, wrongField, wrongStatus } from './answer.ts';
import { seededVectorBlock } from './files.ts';
import { jsonBody, type UserHeaders, userHeaders } from './request.ts';
import type { Draw, EventStreams } from './session.ts';

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
      // The event came before the 202: there is no time between the two to record.
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

/** POST /aggregations of a user's eight vectors, the users in turn. The user's event stream reports the outcome. */
export function aggregate(aggregations: Aggregations): Draw {
  const operations = aggregations.owners.map((owner) => aggregateOf(owner, aggregations));
  let turn = 0;
  return () => {
    const operation = operations[turn] as Operation;
    turn = (turn + 1) % operations.length;
    return operation;
  };
}

function aggregateOf(owner: VectorOwner, aggregations: Aggregations): Operation {
  return {
    name: 'aggregate',
    request: {
      method: 'POST',
      path: '/aggregations',
      headers: owner.headers.json,
      body: jsonBody({ fileIds: owner.vectorIds }),
    },
    check(response) {
      const id = readAccepted(response);
      if (id === null) return wrongStatus(response, 202) ?? 'not the answer of an accepted aggregation';
      aggregations.accept(id, owner);
      return null;
    },
    abandon() {},
  };
}

function readAccepted(response: WorkloadResponse): string | null {
  const json = response.status === 202 ? readJson(response) : 'refused';
  if (typeof json === 'string' || !isUuid(json.id)) return null;
  const isRight = wrongField(json, { status: 'pending' }) === null;
  return isRight && response.header('location') === `/aggregations/${json.id}` ? json.id : null;
}

/**
 * GET /files/{id}/content of a user's newest result, the users in turn; of the user's first vector, which is as long,
 * while there is no result. All bytes are checked.
 */
export function readResult(seed: number, { owners }: Aggregations): Draw {
  const blocks = owners.map(({ vectorIds }) => vectorIds.map((id) => seededVectorBlock(seed, id)));
  const vectors = blocks.map(([first]) => first as Buffer);
  const means = blocks.map(meanOf);
  let turn = 0;
  return () => {
    const at = turn;
    const owner = owners[at] as VectorOwner;
    turn = (turn + 1) % owners.length;
    return owner.resultFileId === null
      ? contentOf(owner, owner.vectorIds[0] as string, vectors[at] as Buffer)
      : contentOf(owner, owner.resultFileId, means[at] as Buffer);
  };
}

function contentOf(owner: VectorOwner, fileId: string, block: Buffer): Operation {
  return {
    name: 'read-result',
    request: { method: 'GET', path: `/files/${fileId}/content`, headers: owner.headers.plain, body: null },
    check: (response) => wrongStatus(response, 200) ?? wrongEtag(response, 1) ?? wrongBytes(response, block),
    abandon() {},
  };
}

/** Vectors repeat a block of 64 bytes, and so does their mean. */
function wrongBytes({ body }: WorkloadResponse, block: Buffer): string | null {
  if (body.length !== vectorSizeBytes) return `body of ${body.length} instead of ${vectorSizeBytes} bytes`;
  const repeats = Buffer.compare(body.subarray(block.length), body.subarray(0, -block.length)) === 0;
  return repeats && block.equals(body.subarray(0, block.length)) ? null : 'bytes are not the expected ones';
}

/** Summed in float64 in the order of the files, divided, rounded to float32: as the contract has it. */
function meanOf(blocks: readonly Buffer[]): Buffer {
  const mean = Buffer.alloc((blocks[0] as Buffer).length);
  for (let at = 0; at < mean.length; at += 4) {
    const sum = blocks.reduce((total, block) => total + block.readFloatLE(at), 0);
    mean.writeFloatLE(sum / blocks.length, at);
  }
  return mean;
}
