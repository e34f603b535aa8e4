// What the programs here use of Deno's own API. Its types would replace Node's in the whole checkout.
declare namespace Deno {
  interface HttpServer {
    shutdown(): Promise<void>;
  }
  interface ServeOptions {
    readonly hostname: string;
    readonly port: number;
    readonly signal?: AbortSignal;
    onListen(): void;
    onError(error: unknown): Response;
  }
  function serve(options: ServeOptions, handler: (request: Request) => Promise<Response>): HttpServer;
}
