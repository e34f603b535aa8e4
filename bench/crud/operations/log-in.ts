import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import type { Random } from '../../../src/stats/random.ts';
import { seededPassword, userCount, userId, userName } from '../dataset.ts';
import { readJson, wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';
import { jsonBody, jsonHeaders } from './json-body.ts';

/** POST /sessions of any seeded user with the right password; `onToken` gets the new session's. */
export function logIn(seed: number, random: Random, onToken: (token: string) => void = () => {}): Draw {
  const operations = Array.from({ length: userCount }, (_, user) => logInOf(seed, user, onToken));
  return () => operations[random.below(userCount)] as Operation;
}

function logInOf(seed: number, user: number, onToken: (token: string) => void): Operation {
  const id = userId(seed, user);
  return {
    name: 'log-in',
    request: {
      method: 'POST',
      path: '/sessions',
      headers: jsonHeaders,
      body: jsonBody({ name: userName(user), password: seededPassword }),
    },
    check(response) {
      const session = readSession(response);
      if (typeof session === 'string') return session;
      onToken(session.token);
      return session.userId === id ? null : 'session of another user';
    },
    abandon() {},
  };
}

function readSession(response: WorkloadResponse): { readonly token: string; readonly userId: unknown } | string {
  const wrong = wrongStatus(response, 201);
  if (wrong !== null) return wrong;
  const json = readJson(response);
  if (typeof json === 'string') return json;
  const { token, userId: id } = json;
  return typeof token === 'string' && /^[\w-]{43}$/.test(token) ? { token, userId: id } : 'token is not one';
}
