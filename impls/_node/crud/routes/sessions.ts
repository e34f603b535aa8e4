import type { FastifyInstance } from 'fastify';
import { jsonBody } from '../body.ts';
import type { Parts } from '../parts.ts';
import { isPasswordOf } from '../password.ts';
import { Problem } from '../problem.ts';
import { credentialsBody, sessionAnswer } from '../schemas.ts';
import { insertSession, revokeSession } from '../statements/sessions.ts';
import { selectPassword } from '../statements/users.ts';
import { newToken } from '../token.ts';

interface Credentials {
  readonly name: string;
  readonly password: string;
}

export function logInRoute(app: FastifyInstance, { sql, cpuWork, config }: Parts): void {
  const schema = { body: credentialsBody, response: { 201: sessionAnswer } };
  app.post<{ Body: Credentials }>('/sessions', { ...jsonBody, schema }, async ({ body }, reply) => {
    // No text in PostgreSQL holds a NUL, so nobody has such a name.
    const user = body.name.includes('\0') ? undefined : await selectPassword(sql, body.name);
    const isRight = await isPasswordOf(cpuWork, user, body.password);
    if (user === undefined || !isRight) throw new Problem('unauthorized', 'the name or the password is wrong');
    const token = newToken();
    const expiresAt = await insertSession(sql, token.sha256, user.id, config.sessionTtlSec);
    reply.code(201);
    return { token: token.text, userId: user.id, expiresAt };
  });
}

export function sessionRoutes(app: FastifyInstance, { sql }: Parts): void {
  app.delete('/sessions/current', async ({ tokenSha256 }, reply) => {
    await revokeSession(sql, tokenSha256);
    return reply.code(204).send();
  });
}
