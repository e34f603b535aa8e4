import type { Operation } from '../../../src/model/workload.ts';
import type { Random } from '../../../src/stats/random.ts';
import { liveToken, userCount, userCreatedMs, userId, userName } from '../dataset.ts';
import { readJson, wrongField, wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';

/**
 * GET /users/me with one of the live seeded tokens, each equally likely; `sessionCount` is how many of a user's two live
 * sessions take part. Nothing depends on earlier answers, so the operations are made once and used again.
 */
export function authenticate(seed: number, random: Random, sessionCount: 1 | 2): Draw {
  const operations = Array.from({ length: userCount * sessionCount }, (_, index) =>
    askWhoAmI(seed, index % userCount, index < userCount ? 0 : 1),
  );
  return () => operations[random.below(operations.length)] as Operation;
}

function askWhoAmI(seed: number, user: number, session: 0 | 1): Operation {
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
