import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../program/problem.ts';
import { isUnavailable } from './database.ts';
import { Problem } from './problem.ts';

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
