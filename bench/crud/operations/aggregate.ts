import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import type { Aggregations, VectorOwner } from './aggregations.ts';
import { isUuid, readJson, wrongField, wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';
import { jsonBody } from './json-body.ts';

/** POST /aggregations of a user's eight vectors, the users in turn. What comes of it is told by the user's stream. */
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
