import { HarnessError } from '../model/harness-error.ts';
import { openSocket, type TargetAddress } from './socket.ts';

const ports: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Where a URL's server is. Throws HarnessError when it is no URL of http or https. */
export function parseTarget(targetUrl: string): TargetAddress {
  const url = URL.parse(targetUrl);
  const port = ports[url?.protocol ?? ''];
  if (url === null || port === undefined) {
    throw new HarnessError('usage', `the target ${targetUrl} is no http URL`, 'give it as http://host:port');
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? port : Number(url.port),
    isSecure: url.protocol === 'https:',
  };
}

/** The Host header's value. */
export function hostOf({ host, port }: TargetAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const certificateTrouble = /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|TLS_/;

/**
 * Opens one connection and closes it. Throws HarnessError when the server's certificate is refused, which would fail every
 * request alike; any other trouble is left for the load to meet.
 */
export async function requireTrust(address: TargetAddress): Promise<void> {
  if (!address.isSecure) return;
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = openSocket(address, {
    onOpen: () => resolve(null),
    onData: () => undefined,
    onEnd: () => undefined,
    onClose: resolve,
  });
  const trouble = await promise;
  socket.destroy();
  if (trouble === null || !certificateTrouble.test(trouble)) return;
  throw new HarnessError(
    'cannot-measure',
    `the certificate of ${hostOf(address)} is not trusted (${trouble})`,
    'trust its issuer: NODE_EXTRA_CA_CERTS=issuer.pem before the command; its name must be that of the URL',
  );
}
