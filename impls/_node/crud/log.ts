/** What the parts of the service write to, of a logger such as fastify's. */
export interface Log {
  info(error: unknown, text: string): void;
  debug(error: unknown, text: string): void;
}
