import type { FastifyInstance } from 'fastify';
import { jsonBody } from '../body.ts';
import { hashPassword, isPasswordOf, newToken } from '../credentials.ts';
import type { Parts } from '../parts.ts';
import { Problem } from '../problem.ts';
import { credentialsBody, newUserBody, sessionAnswer, userAnswer } from '../schemas.ts';
import { insertSession, insertUser, revokeSession, selectPassword } from '../statements/accounts.ts';

interface NewUser {
  readonly name: string;
  readonly password: string;
}

export function signUpRoute(app: FastifyInstance, { sql, cpuWork }: Parts): void {
  const schema = { body: newUserBody, response: { 201: userAnswer } };
  app.post<{ Body: NewUser }>('/users', { ...jsonBody, schema }, async ({ body }, reply) => {
    const user = await insertUser(sql, body.name, await hashPassword(cpuWork, body.password));
    if (user === undefined) throw new Problem('name-taken', 'another user has this name');
    reply.code(201).header('location', '/users/me');
    return user;
  });
}

export function userRoutes(app: FastifyInstance): void {
  app.get('/users/me', { schema: { response: { 200: userAnswer } } }, async ({ user }) => user);
}

interface Credentials {
  readonly name: string;
  readonly password: string;
}

export function logInRoute(app: FastifyInstance, { sql, cpuWork, config }: Parts): void {
  const schema = { body: credentialsBody, response: { 201: sessionAnswer } };
  app.post<{ Body: Credentials }>('/sessions', { ...jsonBody, schema }, async ({ body }, reply) => {
    // No text in PostgreSQL holds a NUL, so no user has such a name.
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
