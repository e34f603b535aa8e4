import { createServer } from 'node:http';

const server = createServer((_, response) => response.end('ok'));
process.stdin.once('data', () => process.exit(0)).once('end', () => process.exit(0));
server.listen(Number(process.env.PORT), process.env.HOST, () =>
  process.stdout.write('{"type":"ready","doneCount":0,"osThreadCount":null,"processCount":1}\n'),
);
