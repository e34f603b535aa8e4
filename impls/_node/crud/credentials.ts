import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type CpuWork, scryptKeyBytes } from './cpu-work.ts';

export interface PasswordHash {
  readonly passwordSalt: Uint8Array;
  readonly passwordHash: Uint8Array;
}

const saltBytes = 16;

/** Checked for a name that no user has, so that it takes as long as for a name that exists. */
const unknownUser: PasswordHash = {
  passwordSalt: new Uint8Array(saltBytes),
  passwordHash: new Uint8Array(scryptKeyBytes),
};

export async function hashPassword(cpuWork: CpuWork, password: string): Promise<PasswordHash> {
  const passwordSalt = randomBytes(saltBytes);
  return { passwordSalt, passwordHash: await cpuWork.scrypt(password, passwordSalt) };
}

export async function isPasswordOf(
  cpuWork: CpuWork,
  known: PasswordHash | undefined,
  password: string,
): Promise<boolean> {
  const { passwordSalt, passwordHash } = known ?? unknownUser;
  const key = await cpuWork.scrypt(password, passwordSalt);
  return timingSafeEqual(key, passwordHash) && known !== undefined;
}

export interface Token {
  readonly text: string;
  /** The only form that is stored. */
  readonly sha256: Buffer;
}

export function newToken(): Token {
  const text = randomBytes(32).toString('base64url');
  return { text, sha256: sha256(text) };
}

/** The SHA-256 of the bearer token of an Authorization header, or undefined where there is none this service could have given. */
export function bearerSha256(authorization: string | undefined): Buffer | undefined {
  const text = /^bearer +([\w-]{43})$/i.exec(authorization ?? '')?.[1];
  return text === undefined ? undefined : sha256(text);
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
