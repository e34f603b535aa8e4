import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemDocument, sendProblem } from '../../program/problem.ts';

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

type ProblemType = keyof typeof statusOf;

export class Problem extends ProblemDocument<ProblemType> {
  constructor(type: ProblemType, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(type, statusOf[type], detail, type === 'no-leader' ? { 'retry-after': '1', ...headers } : headers);
  }
}

export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(toProblem(error), error, request, reply);
}

function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return new Problem('content-too-large', 'the body is larger than this route allows');
  if (status === 400) return new Problem('malformed-json', 'the body ended early');
  return new Problem('internal', 'unexpected error');
}
