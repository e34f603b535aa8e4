import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

const statusOf = {
  'malformed-json': 400,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'content-too-large': 413,
  invalid: 422,
  internal: 500,
  'no-leader': 503,
  'outcome-unknown': 504,
} as const;

export type ProblemType = keyof typeof statusOf;

/** A refusal the contract knows, answered as problem+json (RFC 9457). */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: ProblemType, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.type = type;
    this.headers = type === 'no-leader' ? { 'retry-after': '1', ...headers } : headers;
  }
}

export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const { type, message, headers } = toProblem(error);
  if (type === 'internal') request.log.error(error);
  const status = statusOf[type];
  // Without this header Node reads the rest of a body that is too large and keeps the connection.
  if (type === 'content-too-large') reply.removeHeader('connection');
  reply
    .code(status)
    .headers({ ...headers, 'content-type': 'application/problem+json' })
    .serializer(JSON.stringify)
    .send({ type: `urn:paceline:problem:${type}`, title: type.replaceAll('-', ' '), status, detail: message });
}

function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return new Problem('content-too-large', 'the body is larger than this route allows');
  if (status === 400) return new Problem('malformed-json', 'the body ended early');
  return new Problem('internal', 'unexpected error');
}
