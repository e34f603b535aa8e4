import type { Operation, WorkloadResponse } from '../../../src/model/workload.ts';
import type { Random } from '../../../src/stats/random.ts';
import { liveToken, seededPassword, userCount, userCreatedMs, userId, userName } from '../dataset.ts';
import { isUuid, readJson, wrongField, wrongStatus } from './answer.ts';
import { jsonBody, jsonHeaders } from './request.ts';
import type { Draw } from './session.ts';

/** POST /users with names that are new in a fresh copy of the dataset. */
export function signUp(): Draw {
  let count = 0;
  return () => {
    count += 1;
    return signUpOf(`new-${String(count).padStart(7, '0')}`);
  };
}

function signUpOf(name: string): Operation {
  return {
    name: 'sign-up',
    request: {
      method: 'POST',
      path: '/users',
      headers: jsonHeaders,
      body: jsonBody({ name, password: seededPassword }),
    },
    check(response) {
      const wrong = wrongStatus(response, 201);
      if (wrong !== null) return wrong;
      if (response.header('location') !== '/users/me') return 'Location is not /users/me';
      const json = readJson(response);
      if (typeof json === 'string') return json;
      return isUuid(json.id) ? wrongField(json, { name }) : 'id is not a UUID';
    },
    abandon() {},
  };
}

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

/**
 * GET /users/me with one of the live seeded tokens, each equally likely; `sessionCount` is how many of a user's two live
 * sessions take part. Nothing depends on earlier answers, so an operation is made when it is first drawn, and used again.
 */
export function authenticate(seed: number, random: Random, sessionCount: 1 | 2): Draw {
  const made = new Map<number, Operation>();
  return () => {
    const index = random.below(userCount * sessionCount);
    const operation = made.get(index) ?? currentUserOperation(seed, index % userCount, index < userCount ? 0 : 1);
    made.set(index, operation);
    return operation;
  };
}

/** GET /users/me with one of the two live sessions of a user. */
export function currentUserOperation(seed: number, user: number, session: 0 | 1): Operation {
  const expected = {
    id: userId(seed, user),
    name: userName(user),
    createdAt: new Date(userCreatedMs(user)).toISOString(),
  };
  return {
    name: 'authenticate',
    request: {
      method: 'GET',
      path: '/users/me',
      headers: { authorization: `Bearer ${liveToken(seed, user, session)}` },
      body: null,
    },
    check(response) {
      const wrong = wrongStatus(response, 200);
      if (wrong !== null) return wrong;
      const json = readJson(response);
      return typeof json === 'string' ? json : wrongField(json, expected);
    },
    abandon() {},
  };
}
