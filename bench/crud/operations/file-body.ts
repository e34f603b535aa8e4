import { crc32 } from 'node:zlib';
import { createRandom } from '../../../src/stats/random.ts';
import { fileSizeBytes } from '../dataset.ts';

const crcBytes = 4;
const checkedBytes = fileSizeBytes - crcBytes;

/** A body of 4 KiB like no other of the session, ending with the CRC-32 of what precedes. */
export interface FileBody {
  readonly bytes: Buffer;
  /** `bytes` without the CRC. */
  readonly checked: Buffer;
  crc: number;
}

/** Bodies are used again once their request is answered: as many exist as were ever in flight together. */
export interface FileBodies {
  take(): FileBody;
  /** Only after the answer: until then the transport may still be sending it. */
  giveBack(body: FileBody): void;
}

export function openFileBodies(seed: number): FileBodies {
  const idle: FileBody[] = [];
  const pattern = randomBytes(seed);
  let takenCount = 0;
  return {
    take() {
      const body = idle.pop() ?? copyOf(pattern);
      body.bytes.writeUInt32BE(takenCount, 0);
      takenCount += 1;
      body.crc = crc32(body.checked);
      body.bytes.writeUInt32BE(body.crc, checkedBytes);
      return body;
    },
    giveBack: (body) => void idle.push(body),
  };
}

function randomBytes(seed: number): Buffer {
  const random = createRandom(seed);
  const bytes = Buffer.alloc(fileSizeBytes);
  for (let at = 0; at < fileSizeBytes; at += 4) bytes.writeUInt32BE(random.uint32(), at);
  return bytes;
}

function copyOf(pattern: Buffer): FileBody {
  const bytes = Buffer.from(pattern);
  return { bytes, checked: bytes.subarray(0, checkedBytes), crc: 0 };
}

/** What is wrong with a body that should end with its own CRC-32, and with that one. */
export function wrongBody(body: Uint8Array, crc: number): string | null {
  if (body.length !== fileSizeBytes) return `body of ${body.length} instead of ${fileSizeBytes} bytes`;
  if (crc32(body.subarray(0, checkedBytes)) !== crcAtEnd(body)) return 'body does not end with its CRC-32';
  return crcAtEnd(body) === crc ? null : 'body of another file or version';
}

function crcAtEnd(body: Uint8Array): number {
  return new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(checkedBytes);
}
