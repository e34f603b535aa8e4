import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemDocument, sendProblem } from '../program/problem.ts';
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

export class Problem extends ProblemDocument<ProblemType> {
  constructor(type: ProblemType, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(type, statusOf[type], detail, { ...headersOf[type], ...headers });
  }
}

export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  if (problem.type === 'unavailable') request.log.info(error);
  sendProblem(problem, error, request, reply);
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
