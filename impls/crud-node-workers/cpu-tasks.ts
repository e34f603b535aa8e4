// What the pool's threads run: see cpu-pool.ts.
import { scryptSync } from 'node:crypto';
import { move } from 'piscina';
import { meanOf, scryptKeyBytes, scryptOptions } from '../_node/crud/cpu-work.ts';

export interface ScryptTask {
  readonly password: string;
  readonly salt: Uint8Array;
}

export interface MeanTask {
  readonly vectors: Uint8Array<ArrayBuffer>[];
  readonly order: number[];
}

export function scrypt({ password, salt }: ScryptTask): Uint8Array {
  return scryptSync(password, salt, scryptKeyBytes, scryptOptions);
}

export function mean({ vectors, order }: MeanTask) {
  return move(meanOf(vectors, order));
}
