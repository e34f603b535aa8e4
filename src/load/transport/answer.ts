import type { WorkloadResponse } from '../../model/workload.ts';
import { findHeader, MalformedResponse, type ResponseHead } from './response-head.ts';

/** Beyond this an answer counts as malformed instead of filling the generator's memory. */
const bodyLimitBytes = 64 * 2 ** 20;
const noBytes = new Uint8Array(0);

/**
 * Gathers one answer at a time: a body of known length is copied once, into its place. It is the answer itself, until the next
 * one begins. Without `keepsBodies` a body is only counted, and an answer has none: hundreds of large ones under way fit into
 * no memory.
 */
export class AnswerCollector implements WorkloadResponse {
  readonly #keepsBodies: boolean;
  #head: ResponseHead | null = null;
  #whole: Uint8Array | null = null;
  #pieces: Uint8Array[] = [];
  #filledBytes = 0;

  constructor(keepsBodies = true) {
    this.#keepsBodies = keepsBodies;
  }

  get status(): number {
    return this.#head?.status ?? 0;
  }

  get body(): Uint8Array {
    if (this.#whole !== null) return this.#whole;
    this.#whole = this.#pieces.length === 0 ? noBytes : Buffer.concat(this.#pieces);
    return this.#whole;
  }

  header(name: string): string | null {
    return this.#head === null ? null : findHeader(this.#head.text, name);
  }

  begin(head: ResponseHead) {
    this.#head = head;
    const { contentLength } = head;
    if (contentLength !== null) assertShort(contentLength);
    this.#whole = contentLength === null || !this.#keepsBodies ? null : allocate(contentLength);
    if (this.#pieces.length > 0) this.#pieces = [];
    this.#filledBytes = 0;
  }

  add(bytes: Buffer, start: number, end: number) {
    const from = this.#filledBytes;
    this.#filledBytes = from + end - start;
    assertShort(this.#filledBytes);
    if (!this.#keepsBodies) return;
    if (this.#whole !== null) bytes.copy(this.#whole, from, start, end);
    else this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
  }
}

function assertShort(byteLength: number) {
  if (byteLength > bodyLimitBytes) throw new MalformedResponse('body too long');
}

function allocate(byteLength: number): Uint8Array {
  return byteLength === 0 ? noBytes : Buffer.allocUnsafe(byteLength);
}
