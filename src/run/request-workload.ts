import type { Operation, Workload, WorkloadRequest, WorkloadResponse } from '../model/workload.ts';

/** One request, asked again and again: plain data, as it goes to the generator's process. */
export interface RequestSpec {
  readonly method: WorkloadRequest['method'];
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string | null;
  /** The one right status; null: any below 400. */
  readonly expectedStatus: number | null;
}

/** This module, for the generator's `workloadPath`; its argument is a RequestSpec. */
export const requestWorkloadPath: string = import.meta.filename;

/** The workload of `paceline load`: the same request each time, so its text is made once. */
export function createWorkload(spec: RequestSpec): Workload {
  const operation = operationOf(spec);
  return {
    id: 'request',
    service: 'url',
    version: 1,
    description: `${spec.method} ${spec.path}`,
    mix: { request: 1 },
    fixedRatePerSec: null,
    isStateless: true,
    ignoresBodies: true,
    open: () => ({
      next: () => operation,
      streams: [],
      onEvent: () => null,
      acknowledged: () => ({ createdCount: 0, deletedCount: 0, uncertainCount: 0 }),
    }),
  };
}

function operationOf(spec: RequestSpec): Operation {
  return {
    name: 'request',
    request: requestOf(spec),
    check: (response) => statusComplaint(response, spec.expectedStatus),
    abandon() {},
  };
}

export function requestOf({ method, path, headers, bodyBase64 }: RequestSpec): WorkloadRequest {
  const body = bodyBase64 === null ? null : new Uint8Array(Buffer.from(bodyBase64, 'base64'));
  return { method, path, headers, body };
}

function statusComplaint({ status }: Pick<WorkloadResponse, 'status'>, expected: number | null): string | null {
  if (expected === null) return status < 400 ? null : `status ${status}`;
  return status === expected ? null : `status ${status} instead of ${expected}`;
}
