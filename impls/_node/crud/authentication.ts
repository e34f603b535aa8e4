import type { FastifyInstance } from 'fastify';
import { bearerSha256 } from './credentials.ts';
import type { Sql } from './database.ts';
import { Problem } from './problem.ts';
import { selectSessionUser, type User } from './statements/accounts.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on authenticated routes only. */
    user: User;
    tokenSha256: Buffer;
  }
}

const refusal = 'a bearer token of a live session is needed';

/** Each request to the routes of this scope asks the database anew: one statement, no cache. */
export function authenticateAll(app: FastifyInstance, sql: Sql): void {
  app.addHook('onRequest', async (request) => {
    const tokenSha256 = bearerSha256(request.headers.authorization);
    const user = tokenSha256 && (await selectSessionUser(sql, tokenSha256));
    if (tokenSha256 === undefined || user === undefined) throw new Problem('unauthorized', refusal);
    request.user = user;
    request.tokenSha256 = tokenSha256;
  });
}
