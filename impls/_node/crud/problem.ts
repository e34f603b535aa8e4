import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from './database.ts';

const statusOf = {
  'malformed-json': 400,
  'malformed-request': 400,
  unauthorized: 401,
  'not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'name-taken': 409,
  'precondition-failed': 412,
  'content-too-large': 413,
  'unsupported-media-type': 415,
  'expectation-failed': 417,
  invalid: 422,
  'precondition-required': 428,
  'head-too-large': 431,
  internal: 500,
  unavailable: 503,
} as const;

export type ProblemType = keyof typeof statusOf;

const headersOf: Partial<Record<ProblemType, Record<string, string>>> = {
  unauthorized: { 'www-authenticate': 'Bearer' },
  unavailable: { 'retry-after': '1' },
};

/** A refusal the contract knows; thrown anywhere in a request, answered as problem+json (RFC 9457). */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: ProblemType, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.type = type;
    this.headers = { ...headersOf[type], ...headers };
  }
}

export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  const { type, headers } = problem;
  if (type === 'internal') request.log.error(error);
  if (type === 'unavailable') request.log.info(error);
  // Fastify closes the connection of a body it did not read to its end, and a client still sending may then lose this answer
  // to a reset. Without that header Node reads the rest and keeps the connection.
  if (type === 'content-too-large') reply.removeHeader('connection');
  const { status, body } = problemBody(problem);
  reply
    .code(status)
    .headers({ ...headers, 'content-type': 'application/problem+json' })
    // With a serializer of its own the answer keeps its media type without a charset parameter.
    .serializer(asItIs)
    .send(body);
}

/** A problem's document (RFC 9457) and status. */
export function problemBody({ type, message }: Problem): { status: number; type: ProblemType; body: string } {
  const status = statusOf[type];
  const members = { type: `urn:paceline:problem:${type}`, title: type.replaceAll('-', ' '), status, detail: message };
  return { status, type, body: JSON.stringify(members) };
}

function asItIs(body: unknown): string {
  return body as string;
}

function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error;
  if (isUnavailable(error)) return new Problem('unavailable', 'the database cannot be reached');
  if ('validation' in error && error.validation) return new Problem('invalid', error.message);
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return new Problem('content-too-large', 'the body is larger than this route allows');
  if (status === 415) return new Problem('unsupported-media-type', 'the Content-Type cannot be read');
  if (status === 400) return new Problem('malformed-request', 'the body ended early or cannot be read');
  return new Problem('internal', 'unexpected error');
}
