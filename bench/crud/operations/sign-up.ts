import type { Operation } from '../../../src/model/workload.ts';
import { seededPassword } from '../dataset.ts';
import { isUuid, readJson, wrongField, wrongStatus } from './answer.ts';
import type { Draw } from './draw.ts';
import { jsonBody, jsonHeaders } from './json-body.ts';

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
