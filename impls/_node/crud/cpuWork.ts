import { scrypt as scryptCallback } from 'node:crypto';
import { promisify } from 'node:util';
import { meanOf } from './mean.ts';

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
