import type { WorkloadResponse } from '../../../src/model/workload.ts';
import { fileSizeBytes } from '../dataset.ts';
import { etagOf, type Json, readJson, wrongField, wrongStatus } from './answer.ts';
import { bytesType } from './credentials.ts';
import type { FileSlot } from './file-slots.ts';

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
