import type { FastifyInstance } from 'fastify';
import { jsonBody } from '../body.ts';
import type { Parts } from '../parts.ts';
import { hashPassword } from '../password.ts';
import { Problem } from '../problem.ts';
import { newUserBody, userAnswer } from '../schemas.ts';
import { insertUser } from '../statements/users.ts';

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
