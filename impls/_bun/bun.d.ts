// What the programs here use of Bun's own API. Its package of types would replace Node's in the whole checkout.
declare namespace Bun {
  interface Server {
    readonly pendingRequests: number;
    timeout(request: Request, seconds: number): void;
    stop(closeActiveConnections?: boolean): Promise<void>;
  }
  interface ServeOptions {
    readonly hostname: string;
    readonly port: number;
    readonly reusePort?: boolean;
    readonly idleTimeout: number;
    readonly maxRequestBodySize: number;
    readonly routes: Readonly<Record<string, (request: Request, server: Server) => Promise<Response>>>;
    fetch(request: Request, server: Server): Promise<Response>;
    error(error: Error): Response;
  }
  function serve(options: ServeOptions): Server;

  interface Handle {
    (strings: TemplateStringsArray, ...values: unknown[]): Promise<unknown[]>;
    array(values: readonly unknown[], type: string): unknown;
  }
  interface Client extends Handle {
    begin<T>(work: (transaction: Handle) => Promise<T>): Promise<T>;
    listen(
      channel: string,
      onNotify: (payload: string) => void,
      onListening: () => void,
    ): Promise<{ unlisten(): Promise<void> }>;
    close(options: { timeout: number }): Promise<void>;
  }
  const SQL: {
    new (options: Readonly<Record<string, unknown>>): Client;
    readonly camel: unknown;
    readonly PostgresError: new () => Error & { readonly code: string; readonly errno?: string };
  };
}
