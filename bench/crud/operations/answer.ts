import type { WorkloadResponse } from '../../../src/model/workload.ts';
import { fileSizeBytes } from '../dataset.ts';
import type { FileSlot } from './files.ts';
import { bytesType } from './request.ts';

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

/** What is wrong with an answer that should be the slot's File of a version, with its ETag. */
export function wrongFile(response: WorkloadResponse, slot: FileSlot, version: number): string | null {
  const wrong = wrongStatus(response, 200) ?? wrongEtag(response, version);
  if (wrong !== null) return wrong;
  const file = readJson(response);
  return typeof file === 'string' ? file : wrongMetadata(file, slot, version);
}

export function wrongEtag(response: WorkloadResponse, version: number): string | null {
  return response.header('etag') === etagOf(version) ? null : 'ETag is not the expected one';
}

export function wrongMetadata(file: Json, { id, name }: FileSlot, version: number): string | null {
  return wrongField(file, { id, version, name, contentType: bytesType, sizeBytes: fileSizeBytes });
}
