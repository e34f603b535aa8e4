import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type CpuWork, scryptKeyBytes } from './cpuWork.ts';

export interface PasswordHash {
  readonly passwordSalt: Uint8Array;
  readonly passwordHash: Uint8Array;
}

const saltBytes = 16;

/** Checked for a name nobody has, so that it costs as much as a name somebody has. */
const nobody: PasswordHash = { passwordSalt: new Uint8Array(saltBytes), passwordHash: new Uint8Array(scryptKeyBytes) };

export async function hashPassword(cpuWork: CpuWork, password: string): Promise<PasswordHash> {
  const passwordSalt = randomBytes(saltBytes);
  return { passwordSalt, passwordHash: await cpuWork.scrypt(password, passwordSalt) };
}

export async function isPasswordOf(
  cpuWork: CpuWork,
  known: PasswordHash | undefined,
  password: string,
): Promise<boolean> {
  const { passwordSalt, passwordHash } = known ?? nobody;
  const key = await cpuWork.scrypt(password, passwordSalt);
  return timingSafeEqual(key, passwordHash) && known !== undefined;
}
