import { hash, randomBytes } from 'node:crypto';

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
