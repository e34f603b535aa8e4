import type { Operation } from '../../../src/model/workload.ts';
import { liveToken, revokedToken, userCount } from '../dataset.ts';
import { currentUserOperation } from './accounts.ts';
import { wrongStatus } from './answer.ts';
import type { Draw } from './session.ts';

/** Names of the mix: a session is used, ended, and used once more in vain. */
export const sessionLifeNames = ['use-session', 'log-out', 'use-ended'] as const;

/**
 * The seeded users' second sessions, one after the other, each used before it ends: a service that caches sessions has it by
 * then, and lets it in afterwards. `tokens` are sessions that log-ins made, which end too. No other operation may use these sessions.
 */
export function sessionLife(
  seed: number,
  tokens: string[] = [],
): Readonly<Record<(typeof sessionLifeNames)[number], Draw>> {
  const used: string[] = [];
  const ended: string[] = [];
  let begunCount = 0;
  let staleCount = 0;
  /** null when all are used up, after some 200,000 operations of a mix. */
  const begin = (): number | null => (begunCount === userCount ? null : begunCount++);
  const stale = () => revokedToken(seed, staleCount++ % userCount);
  return {
    'use-session'() {
      const user = begin();
      if (user === null) return { ...currentUserOperation(seed, 0, 0), name: 'use-session' };
      return useOf(currentUserOperation(seed, user, 1), () => used.push(liveToken(seed, user, 1)));
    },
    'log-out'() {
      const token = used.shift() ?? tokens.shift();
      if (token !== undefined) return logOutOf(token, ended);
      const user = begin();
      return user === null
        ? refusedOf('log-out', 'DELETE', '/sessions/current', stale())
        : logOutOf(liveToken(seed, user, 1), ended);
    },
    'use-ended': () => refusedOf('use-ended', 'GET', '/users/me', ended.shift() ?? stale()),
  };
}

function useOf(operation: Operation, onRight: () => void): Operation {
  return {
    ...operation,
    name: 'use-session',
    check(response) {
      const wrong = operation.check(response);
      if (wrong === null) onRight();
      return wrong;
    },
  };
}

function logOutOf(token: string, ended: string[]): Operation {
  return {
    name: 'log-out',
    request: { method: 'DELETE', path: '/sessions/current', headers: { authorization: `Bearer ${token}` }, body: null },
    check(response) {
      const wrong = wrongStatus(response, 204);
      if (wrong === null) ended.push(token);
      return wrong;
    },
    abandon() {},
  };
}

function refusedOf(name: string, method: 'GET' | 'DELETE', path: string, token: string): Operation {
  return {
    name,
    request: { method, path, headers: { authorization: `Bearer ${token}` }, body: null },
    check: (response) => wrongStatus(response, 401),
    abandon() {},
  };
}
