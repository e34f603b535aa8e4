import { liveToken } from '../dataset.ts';

type Headers = Readonly<Record<string, string>>;

/** A seeded user's request headers, made once. */
export interface UserHeaders {
  readonly authorization: string;
  readonly plain: Headers;
  readonly json: Headers;
  readonly bytes: Headers;
}

export const bytesType = 'application/octet-stream';

/** The headers of every seeded user's first live session: those of a user are made when they are first asked for. */
export function userHeaders(seed: number): (user: number) => UserHeaders {
  const made = new Map<number, UserHeaders>();
  return (user) => {
    const headers = made.get(user) ?? headersWith(`Bearer ${liveToken(seed, user, 0)}`);
    made.set(user, headers);
    return headers;
  };
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
