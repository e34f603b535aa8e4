import type { Operation } from '../../../src/model/workload.ts';
import { liveToken, userCount } from '../dataset.ts';
import { wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';

/**
 * DELETE /sessions/current: of a session that `tokens` holds (log-in puts them there), else of the next seeded user's
 * second one, which then nobody else may use. null when those are used up, too.
 */
export function logOut(seed: number, tokens: string[]): Draw {
  let user = 0;
  return () => {
    const token = tokens.shift();
    if (token !== undefined) return logOutOf(token);
    if (user === userCount) return null;
    user += 1;
    return logOutOf(liveToken(seed, user - 1, 1));
  };
}

function logOutOf(token: string): Operation {
  return {
    name: 'log-out',
    request: {
      method: 'DELETE',
      path: '/sessions/current',
      headers: { authorization: `Bearer ${token}` },
      body: null,
    },
    check: (response) => wrongStatus(response, 204),
    abandon() {},
  };
}
