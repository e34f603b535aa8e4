import { createServer, type Server, type Socket } from 'node:net';
import { pathToFileURL } from 'node:url';

/*
 * The least that can answer HTTP: every request gets 200 and `ok`, whatever it asks. What a generator measures against it is
 * the generator's own floor. As a program: `node null-target.ts [port]` prints its URL and answers until it is stopped.
 */
const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const headEnd = '\r\n\r\n';

export function createNullTarget(): Server {
  return createServer({ noDelay: true }, serve);
}

function serve(socket: Socket): void {
  let unread = '';
  let bodyBytes = 0;
  const answerComplete = () => {
    for (;;) {
      const skipped = Math.min(bodyBytes, unread.length);
      bodyBytes -= skipped;
      unread = unread.slice(skipped);
      const end = unread.indexOf(headEnd);
      if (bodyBytes > 0 || end === -1) return;
      bodyBytes = declaredLength(unread.slice(0, end));
      unread = unread.slice(end + headEnd.length);
      socket.write(answer, 'latin1');
    }
  };
  // Read as latin1, a character is a byte.
  socket.setEncoding('latin1').on('data', (text: string) => {
    unread += text;
    answerComplete();
  });
  // A client that goes away is none of its business.
  socket.on('error', () => socket.destroy());
}

function declaredLength(head: string): number {
  return Number(/\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}

function runAsProgram(): void {
  const server = createNullTarget().listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}`);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) runAsProgram();
