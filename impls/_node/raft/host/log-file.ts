import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Persist } from '../core/effect.ts';
import type { Entry } from '../core/message.ts';
import type { Durability } from './config.ts';
import { decodeRecord, encodeRecord } from './record.ts';

export interface Recovered {
  readonly term: number;
  readonly votedFor: number;
  readonly entries: readonly Entry[];
  /** Cut off after the last whole record. */
  readonly droppedBytes: number;
}

export interface LogFile {
  readonly recovered: Recovered;
  /** Calls `persisted` with the number of the last effect that is durable, never within this call if durability is fsync. */
  write(persist: Persist): void;
  /** Nothing more is confirmed; resolves when the file is touched no more. Called once. */
  close(): Promise<void>;
}

export interface LogFileEvents {
  persisted(seq: number): void;
  /** Disk full and the like: what was not confirmed may be lost. */
  failed(error: Error): void;
}

const magic = Buffer.from('PLRAFT1\n');

/** The first bytes are somebody else's. */
export class ForeignFile extends Error {}

/** Opens a node's log, cut to its last whole record. @throws ForeignFile, or what the file system says. */
export function openLogFile(dataDir: string, id: number, durability: Durability, events: LogFileEvents): LogFile {
  const path = join(dataDir, `node-${id}.log`);
  const fd = openSync(path, 'a+');
  try {
    const recovered = recover(fd, path);
    if (durability === 'fsync') syncFolder(dataDir);
    const writer = durability === 'fsync' ? groupWriter(fd, events) : directWriter(fd, events);
    return { recovered, ...writer };
  } catch (error) {
    closeSync(fd);
    throw error instanceof ForeignFile ? error : new Error(`${path}: ${(error as Error).message}`);
  }
}

/** Makes the files' names durable. */
function syncFolder(dir: string): void {
  const fd = openSync(dir, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function recover(fd: number, path: string): Recovered {
  const file = readFileSync(fd);
  if (file.length < magic.length) return create(fd, file.length);
  if (!file.subarray(0, magic.length).equals(magic)) throw new ForeignFile(`${path} is no log of paceline's`);
  const { keptBytes, ...state } = readRecords(file);
  if (keptBytes < file.length) ftruncateSync(fd, keptBytes);
  return { ...state, droppedBytes: file.length - keptBytes };
}

function create(fd: number, droppedBytes: number): Recovered {
  ftruncateSync(fd, 0);
  writeAll(fd, magic);
  return { term: 0, votedFor: 0, entries: [], droppedBytes };
}

/** Everything up to the first record that is torn or makes no sense. */
function readRecords(file: Buffer): Omit<Recovered, 'droppedBytes'> & { readonly keptBytes: number } {
  const entries: Entry[] = [];
  let [term, votedFor] = [0, 0];
  let at = magic.length;
  for (;;) {
    const decoded = decodeRecord(file, at);
    if (decoded === null || decoded.record.fromIndex > entries.length + 1) break;
    const { record, end } = decoded;
    ({ term, votedFor } = record);
    if (record.fromIndex > 0) entries.splice(record.fromIndex - 1, entries.length, ...record.entries);
    at = end;
  }
  return { term, votedFor, entries, keptBytes: at };
}

function writeAll(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}

/** Written, in the kernel's hands: survives a killed process. */
function directWriter(fd: number, { persisted, failed }: LogFileEvents): Omit<LogFile, 'recovered'> {
  return {
    write(persist) {
      try {
        writeAll(fd, encodeRecord(persist));
      } catch (error) {
        failed(error as Error);
        return;
      }
      persisted(persist.seq);
    },
    close: async () => closeSync(fd),
  };
}

/** Group commit: what comes while the disk is busy is written and synced together. */
function groupWriter(fd: number, { persisted, failed }: LogFileEvents): Omit<LogFile, 'recovered'> {
  let waiting: Persist[] = [];
  let isBusy = false;
  let isClosed = false;
  const atRest = Promise.withResolvers<void>();

  function next(): void {
    if (isClosed) atRest.resolve();
    if (isClosed || waiting.length === 0) return;
    isBusy = true;
    const group = waiting;
    waiting = [];
    writeOut(fd, Buffer.concat(group.map(encodeRecord)), (error) => done(error, group.at(-1)?.seq ?? 0));
  }

  function done(error: Error | null, seq: number): void {
    isBusy = false;
    if (!isClosed && error !== null) failed(error);
    else if (!isClosed) persisted(seq);
    next();
  }

  return {
    write(persist) {
      waiting.push(persist);
      if (!isBusy) next();
    },
    async close() {
      isClosed = true;
      if (!isBusy) next();
      await atRest.promise;
      closeSync(fd);
    },
  };
}

function writeOut(fd: number, bytes: Buffer, done: (error: Error | null) => void): void {
  write(fd, bytes, (error, written) => {
    if (error !== null) done(error);
    else if (written < bytes.length) writeOut(fd, bytes.subarray(written), done);
    else fdatasync(fd, done);
  });
}
