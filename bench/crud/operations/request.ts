import { liveToken, userCount } from '../dataset.ts';

type Headers = Readonly<Record<string, string>>;

/** A seeded user's request headers, made once. */
export interface UserHeaders {
  readonly authorization: string;
  readonly plain: Headers;
  readonly json: Headers;
  readonly bytes: Headers;
}

export const bytesType = 'application/octet-stream';

/** The headers of every seeded user's first live session. */
export function userHeaders(seed: number): (user: number) => UserHeaders {
  const headers = Array.from({ length: userCount }, (_, user) => headersWith(`Bearer ${liveToken(seed, user, 0)}`));
  return (user) => headers[user] as UserHeaders;
}

function headersWith(authorization: string): UserHeaders {
  return {
    authorization,
    plain: { authorization },
    json: { authorization, 'content-type': 'application/json' },
    bytes: { authorization, 'content-type': bytesType },
  };
}

export const jsonHeaders = { 'content-type': 'application/json' };

export function jsonBody(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
