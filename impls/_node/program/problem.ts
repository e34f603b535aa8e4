import type { FastifyReply, FastifyRequest } from 'fastify';

/** A problem document (RFC 9457), thrown anywhere in a request. Each service extends it with its own types. */
export class ProblemDocument<Type extends string> extends Error {
  readonly type: Type;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: Type, status: number, detail: string, headers: Readonly<Record<string, string>>) {
    super(detail);
    this.type = type;
    this.status = status;
    this.headers = headers;
  }

  get title(): string {
    return this.type.replaceAll('-', ' ');
  }

  body(): string {
    const { type, title, status, message } = this;
    return JSON.stringify({ type: `urn:paceline:problem:${type}`, title, status, detail: message });
  }
}

/** Answers with the problem that was made of an error. */
export function sendProblem(
  problem: ProblemDocument<string>,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (problem.type === 'internal') request.log.error(error);
  // Fastify closes the connection of a body it did not read to its end, and a client still sending may then lose this answer
  // to a reset. Without that header Node reads the rest and keeps the connection.
  if (problem.type === 'content-too-large') reply.removeHeader('connection');
  reply
    .code(problem.status)
    .headers({ ...problem.headers, 'content-type': 'application/problem+json' })
    // With a serializer of its own the answer keeps its media type without a charset parameter.
    .serializer((body: unknown) => body as string)
    .send(problem.body());
}
