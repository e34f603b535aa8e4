// The records of a node's log file: bench/raft/contract.md, section 8, Files.
import { crc32 } from 'node:zlib';
import type { Persist } from '../core/effect.ts';
import type { Entry } from '../core/message.ts';

export type Record = Pick<Persist, 'term' | 'votedFor' | 'fromIndex' | 'entries'>;

const headBytes = 8;
const fixedBytes = 24;
const entryHeadBytes = 12;
const maxPayloadBytes = 2 ** 28;

export function encodeRecord({ term, votedFor, fromIndex, entries }: Record): Buffer {
  let payloadBytes = fixedBytes;
  for (const { command } of entries) payloadBytes += entryHeadBytes + Buffer.byteLength(command);
  const record = Buffer.allocUnsafe(headBytes + payloadBytes);
  let at = record.writeBigUInt64LE(BigInt(term), headBytes);
  at = record.writeUInt32LE(votedFor, at);
  at = record.writeBigUInt64LE(BigInt(fromIndex), at);
  at = record.writeUInt32LE(entries.length, at);
  for (const entry of entries) at = writeEntry(record, entry, at);
  record.writeUInt32LE(payloadBytes, 0);
  record.writeUInt32LE(crc32(record.subarray(headBytes)), 4);
  return record;
}

function writeEntry(record: Buffer, { term, command }: Entry, at: number): number {
  const textAt = at + entryHeadBytes;
  const length = record.write(command, textAt);
  record.writeBigUInt64LE(BigInt(term), at);
  record.writeUInt32LE(length, at + 8);
  return textAt + length;
}

export interface DecodedRecord {
  readonly record: Record;
  /** Where the next one begins. */
  readonly end: number;
}

/** null: from `at` on there is no whole record. */
export function decodeRecord(file: Buffer, at: number): DecodedRecord | null {
  if (at + headBytes > file.length) return null;
  const payloadBytes = file.readUInt32LE(at);
  const end = at + headBytes + payloadBytes;
  if (payloadBytes < 1 || payloadBytes > maxPayloadBytes || end > file.length) return null;
  const payload = file.subarray(at + headBytes, end);
  if (crc32(payload) !== file.readUInt32LE(at + 4)) return null;
  const record = decodePayload(payload);
  return record === null ? null : { record, end };
}

function decodePayload(payload: Buffer): Record | null {
  if (payload.length < fixedBytes) return null;
  const entries = decodeEntries(payload, payload.readUInt32LE(20));
  const fromIndex = Number(payload.readBigUInt64LE(12));
  if (entries === null || (fromIndex === 0 && entries.length > 0)) return null;
  return { term: Number(payload.readBigUInt64LE(0)), votedFor: payload.readUInt32LE(8), fromIndex, entries };
}

function decodeEntries(payload: Buffer, count: number): Entry[] | null {
  const entries: Entry[] = [];
  let at = fixedBytes;
  for (let i = 0; i < count; i++) {
    const textAt = at + entryHeadBytes;
    if (textAt > payload.length) return null;
    const end = textAt + payload.readUInt32LE(at + 8);
    if (end > payload.length) return null;
    entries.push({ term: Number(payload.readBigUInt64LE(at)), command: payload.toString('utf8', textAt, end) });
    at = end;
  }
  return at === payload.length ? entries : null;
}
