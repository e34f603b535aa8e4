import { sha512 } from 'k6/crypto';

/** In the exported script this stands in for what workloads use of node:crypto and node:zlib. */
export function createHash(algorithm: 'sha512') {
  if (algorithm !== 'sha512') throw new Error(`no ${algorithm} in k6`);
  let hashed = '';
  const hash = {
    update(text: string) {
      hashed += text;
      return hash;
    },
    digest: () => Buffer.from(sha512(hashed, 'binary')),
  };
  return hash;
}

/** Of IEEE 802.3, as zlib has it. */
const polynomial = 0xedb88320;
const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = (rest & 1) === 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
  return rest;
});

export function crc32(bytes: Uint8Array): number {
  let rest = -1;
  for (let at = 0; at < bytes.length; at += 1) {
    rest = (rest >>> 8) ^ (table[(rest ^ (bytes[at] as number)) & 0xff] as number);
  }
  return (rest ^ -1) >>> 0;
}
