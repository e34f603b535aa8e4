import { scrypt as scryptCallback } from 'node:crypto';
import { promisify } from 'node:util';

/** The CPU-bound work of the service: where it runs is what the hosts differ in. */
export interface CpuWork {
  scrypt(password: string, salt: Uint8Array): Promise<Uint8Array>;
  /** May take the vectors away from the caller (see `meanOf`). */
  mean(vectors: Uint8Array<ArrayBuffer>[], order: number[]): Promise<Uint8Array>;
  close(): Promise<void>;
}

export const scryptKeyBytes = 32;
export const scryptOptions = { N: 16_384, r: 8, p: 1 };

const scrypt = promisify<string, Uint8Array, number, typeof scryptOptions, Buffer>(scryptCallback);

/** scrypt on libuv's thread pool, the mean on the event loop itself. */
export const eventLoopCpuWork: CpuWork = {
  scrypt: (password, salt) => scrypt(password, salt, scryptKeyBytes, scryptOptions),
  mean: async (vectors, order) => meanOf(vectors, order),
  close: async () => {},
};

const float32Bytes = 4;

/** Whether bodies of these sizes are float32 vectors of one length. */
export function areVectorSizes(sizesBytes: readonly number[]): boolean {
  return sizesBytes.every((size) => size > 0 && size % float32Bytes === 0 && size === sizesBytes[0]);
}

/**
 * The mean of little-endian float32 vectors of one length: for each position the sum in float64 in the given order (`order` holds
 * indices into `vectors`, repeats allowed), divided by their count, rounded to float32. Byte-identical in every language.
 */
export function meanOf(vectors: readonly Uint8Array[], order: readonly number[]): Uint8Array<ArrayBuffer> {
  const views = vectors.map((vector) => new DataView(vector.buffer, vector.byteOffset, vector.byteLength));
  const sums = new Float64Array((vectors[0]?.byteLength ?? 0) / float32Bytes);
  for (const index of order) addTo(sums, views[index]);
  const mean = new DataView(new ArrayBuffer(sums.length * float32Bytes));
  for (let i = 0; i < sums.length; i++) mean.setFloat32(i * float32Bytes, (sums[i] ?? 0) / order.length, true);
  return new Uint8Array(mean.buffer);
}

function addTo(sums: Float64Array, vector: DataView | undefined): void {
  if (vector === undefined) throw new RangeError('order names a vector that was not given');
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + vector.getFloat32(i * float32Bytes, true);
}
