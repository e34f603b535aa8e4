/**
 * The rows every trial of the crud service starts from, as pure functions of the seed, so that a workload or a vector can
 * name users, tokens and files without asking the database. Indices count from 0: user 0 is `user-0001`.
 */

export const userCount = 1_000;
export const filesPerUserCount = 10;
export const fileCount = userCount * filesPerUserCount;
export const fileSizeBytes = 4_096;
export const vectorOwnerCount = 25;
const vectorsPerOwnerCount = 8;
export const vectorCount = vectorOwnerCount * vectorsPerOwnerCount;
export const vectorSizeBytes = 262_144;

/** Every seeded user's password: 1,000 real hashes would cost 30 s of scrypt. */
export const seededPassword = 'correct-horse-battery';
export const passwordSaltHex = '706163656c696e652d73616c742d3031';
/** scrypt of the password with that salt, N=16384 r=8 p=1, 32 bytes. */
export const passwordHashHex = '24bab3ba9362b609c6ed292d2aa1f3238c38826ce627e7f507abab02d0c18d8f';

export const sessionKinds = ['live-0', 'live-1', 'expired', 'revoked'] as const;
export type SessionKind = (typeof sessionKinds)[number];

/** Older than anything a service makes, so that new rows always sort after the seeded ones. */
const oldestRowMs = Date.UTC(2025, 0, 1);
const rowGapMs = 1_000;

/** What an id or token is drawn for: one stream of random words each. */
type Stream = 'user' | 'file' | 'vector' | 'absent' | SessionKind;
const streamNumber: Readonly<Record<Stream, number>> = {
  user: 1,
  file: 2,
  vector: 3,
  absent: 4,
  'live-0': 5,
  'live-1': 6,
  expired: 7,
  revoked: 8,
};

/** The finalizer of MurmurHash3: every bit of the argument moves about half of the result's. */
function scramble(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** The 32-bit words of a place by their number, without a sequence before them. */
function randomWords(seed: number, stream: Stream, index: number): (part: number) => number {
  const high = Math.floor(seed / 0x1_0000_0000);
  let word = scramble((seed >>> 0) ^ 0x9e3779b9);
  for (const place of [high, streamNumber[stream], index]) word = scramble((word + place + 0x9e3779b9) >>> 0);
  return (part) => scramble((word + part + 0x9e3779b9) >>> 0);
}

function hex(value: number, digitCount: number): string {
  return value.toString(16).padStart(digitCount, '0');
}

/** RFC 9562, section 5.7. */
function uuidV7(seed: number, stream: Stream, index: number, atMs: number): string {
  const time = hex(atMs, 12);
  const word = randomWords(seed, stream, index);
  const versionAndRandom = hex(0x7000 | (word(0) & 0x0fff), 4);
  const variantAndRandom = hex(0x8000 | (word(1) & 0x3fff), 4);
  const random = hex(word(2), 8) + hex(word(3) >>> 16, 4);
  return `${time.slice(0, 8)}-${time.slice(8)}-${versionAndRandom}-${variantAndRandom}-${random}`;
}

const base64UrlDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 32 bytes in base64url without padding: 43 characters, the last of which carries only 4 bits. */
function token(seed: number, kind: SessionKind, user: number): string {
  const word = randomWords(seed, kind, user);
  const digits = Array.from({ length: 43 }, (_, at) => {
    const sixBits = word(at) & 63;
    return base64UrlDigits[at === 42 ? sixBits & 60 : sixBits];
  });
  return digits.join('');
}

export function userName(user: number): string {
  return `user-${String(user + 1).padStart(4, '0')}`;
}

export function userCreatedMs(user: number): number {
  return oldestRowMs + user * rowGapMs;
}

export function userId(seed: number, user: number): string {
  return uuidV7(seed, 'user', user, userCreatedMs(user));
}

export function sessionToken(seed: number, user: number, kind: SessionKind): string {
  return token(seed, kind, user);
}

/** One of a user's two live sessions. */
export function liveToken(seed: number, user: number, which: 0 | 1): string {
  return sessionToken(seed, user, `live-${which}`);
}

export function expiredToken(seed: number, user: number): string {
  return sessionToken(seed, user, 'expired');
}

export function revokedToken(seed: number, user: number): string {
  return sessionToken(seed, user, 'revoked');
}

/** Files are dealt out in turn, so that one user's lie apart as they would after a year of use. */
export function fileOwner(file: number): number {
  return file % userCount;
}

export function fileName(file: number): string {
  return `file-${String(file + 1).padStart(5, '0')}`;
}

export function fileCreatedMs(file: number): number {
  return oldestRowMs + (userCount + file) * rowGapMs;
}

/** A file of 4 KiB whose last four bytes are the big-endian CRC-32 of those before. */
export function fileId(seed: number, file: number): string {
  return uuidV7(seed, 'file', file, fileCreatedMs(file));
}

/** The ids of a user's files of 4 KiB, oldest first. */
export function fileIdsOf(seed: number, user: number): readonly string[] {
  return Array.from({ length: filesPerUserCount }, (_, turn) => fileId(seed, user + turn * userCount));
}

/** The first 25 users own the vectors. */
export function vectorOwner(vector: number): number {
  return vector % vectorOwnerCount;
}

export function vectorName(vector: number): string {
  return `vector-${String(vector + 1).padStart(3, '0')}`;
}

export function vectorCreatedMs(vector: number): number {
  return oldestRowMs + (userCount + fileCount + vector) * rowGapMs;
}

/** A file of 256 KiB: 65,536 finite little-endian float32 values. */
export function vectorFileId(seed: number, vector: number): string {
  return uuidV7(seed, 'vector', vector, vectorCreatedMs(vector));
}

/** The ids of the eight vectors of one of the first 25 users, oldest first. */
export function vectorFileIdsOf(seed: number, user: number): readonly string[] {
  return Array.from({ length: vectorsPerOwnerCount }, (_, turn) => vectorFileId(seed, user + turn * vectorOwnerCount));
}

/** A well-formed id that no row has. */
export function absentId(seed: number): string {
  return uuidV7(seed, 'absent', 0, oldestRowMs - rowGapMs);
}
