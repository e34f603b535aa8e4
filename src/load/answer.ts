import type { WorkloadResponse } from '../model/workload.ts';
import { findHeader, MalformedResponse, type ResponseHead } from './response-head.ts';

/** Beyond this an answer counts as malformed instead of filling the generator's memory. */
const bodyLimitBytes = 64 * 2 ** 20;
const noBytes = new Uint8Array(0);

/** Gathers one answer at a time: a body of known length is copied once, into its place. */
export interface AnswerCollector {
  begin(head: ResponseHead): void;
  add(bytes: Uint8Array): void;
  finish(): WorkloadResponse;
}

/** Without `keepsBodies` a body is only counted, and an answer has none: hundreds of large ones under way fit into no memory. */
export function createAnswerCollector(keepsBodies = true): AnswerCollector {
  let head: ResponseHead;
  let whole: Uint8Array | null = null;
  let pieces: Uint8Array[] = [];
  let filledBytes = 0;

  const begin = (begun: ResponseHead) => {
    head = begun;
    const { contentLength } = begun;
    if (contentLength !== null) assertShort(contentLength);
    whole = contentLength === null || !keepsBodies ? null : allocate(contentLength);
    pieces = [];
    filledBytes = 0;
  };
  const add = (bytes: Uint8Array) => {
    assertShort(filledBytes + bytes.byteLength);
    if (whole !== null) whole.set(bytes, filledBytes);
    else if (keepsBodies) pieces.push(Buffer.from(bytes));
    filledBytes += bytes.byteLength;
  };
  const finish = () => {
    const { status, text } = head;
    const body = whole ?? (pieces.length === 0 ? noBytes : Buffer.concat(pieces));
    return { status, body, header: (name: string) => findHeader(text, name) };
  };
  return { begin, add, finish };
}

function assertShort(byteLength: number): void {
  if (byteLength > bodyLimitBytes) throw new MalformedResponse('body too long');
}

function allocate(byteLength: number): Uint8Array {
  return byteLength === 0 ? noBytes : Buffer.allocUnsafe(byteLength);
}
