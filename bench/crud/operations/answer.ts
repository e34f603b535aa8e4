import type { WorkloadResponse } from '../../../src/model/workload.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Reasons are counted by their text, so they name kinds of mistakes, never ids. */
export function wrongStatus(response: WorkloadResponse, expected: number): string | null {
  return response.status === expected ? null : `status ${response.status} instead of ${expected}`;
}

export function wrongType(response: WorkloadResponse): string | null {
  return response.header('content-type')?.startsWith('application/json') ? null : 'content-type is not JSON';
}

/** The answer's JSON object, or what is wrong with it. */
export function readJson(response: WorkloadResponse): Json | string {
  const wrong = wrongType(response);
  if (wrong !== null) return wrong;
  try {
    const value: unknown = JSON.parse(textOf(response.body));
    return typeof value === 'object' && value !== null ? (value as Json) : 'body is not a JSON object';
  } catch {
    return 'body is not JSON';
  }
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

/** The first key whose value is not the expected one. */
export function wrongField(json: Json, expected: Json): string | null {
  for (const key in expected) {
    if (json[key] !== expected[key]) return `${key} is not the expected one`;
  }
  return null;
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

export function etagOf(version: number): string {
  return `"${version}"`;
}
