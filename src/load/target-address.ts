import { HarnessError } from '../model/harness-error.ts';
import type { TargetAddress } from './socket.ts';

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

/** The Host header's value: as in the URL, without the port that goes without saying. */
export function hostOf({ host, port, isSecure }: TargetAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === ports[isSecure ? 'https:' : 'http:'] ? name : `${name}:${port}`;
}
