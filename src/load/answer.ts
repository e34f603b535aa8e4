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

export function createAnswerCollector(): AnswerCollector {
  let head: ResponseHead;
  let whole: Uint8Array | null = null;
  let pieces: Uint8Array[] = [];
  let filledBytes = 0;

  const begin = (begun: ResponseHead) => {
    head = begun;
    whole = begun.contentLength === null ? null : allocate(begun.contentLength);
    pieces = [];
    filledBytes = 0;
  };
  const add = (bytes: Uint8Array) => {
    if (whole !== null) whole.set(bytes, filledBytes);
    else pieces.push(Buffer.from(bytes));
    filledBytes += bytes.byteLength;
    if (filledBytes > bodyLimitBytes) throw new MalformedResponse('body too long');
  };
  const finish = () => {
    const { status, text } = head;
    const body = whole ?? (filledBytes === 0 ? noBytes : Buffer.concat(pieces));
    return { status, body, header: (name: string) => findHeader(text, name) };
  };
  return { begin, add, finish };
}

function allocate(byteLength: number): Uint8Array {
  if (byteLength > bodyLimitBytes) throw new MalformedResponse('body too long');
  return byteLength === 0 ? noBytes : Buffer.allocUnsafe(byteLength);
}
