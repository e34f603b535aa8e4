import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gitEnvironment } from '../../src/os/git.ts';

/** A small git repository with implementations of echo that need nothing installed. */
export interface ScratchRepository {
  readonly dir: string;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  git(...args: string[]): string;
  /** All there is; returns its hash. */
  commit(subject: string): string;
}

export async function scratchRepository(dir: string): Promise<ScratchRepository> {
  await mkdir(dir, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], {
      ...({ cwd: dir, encoding: 'utf8', stdio: 'pipe' } as const),
      // These tests may themselves run in a hook.
      env: gitEnvironment(process.env),
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  return {
    dir,
    git,
    async write(path, text) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), text);
    },
    remove: (path) => rm(join(dir, path), { recursive: true }),
    commit(subject) {
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', subject);
      return git('rev-parse', 'HEAD');
    },
  };
}

const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'core.hooksPath=/dev/null'];

/** An implementation of echo that burns so long for each answer; `place`: where impls/ lies for those who look. */
export async function writeEcho(
  repository: ScratchRepository,
  id: string,
  { burnMs = 0, answer = 'ok', build = [] as string[][], place = '', profile = undefined as object | undefined } = {},
): Promise<void> {
  const manifest = {
    id,
    service: 'echo',
    language: 'javascript',
    runtime: { name: 'node', versionCommand: ['{node}', '--version'] },
    model: 'event-loop',
    requires: [],
    sources: [`${place}impls/${id}/**`],
    build,
    command: ['{node}', '{dir}/main.mjs'],
    env: {},
    limits: {},
    profile,
    description: 'echo for a test',
  };
  await repository.write(`impls/${id}/impl.json`, JSON.stringify(manifest));
  await repository.write(`impls/${id}/main.mjs`, program(burnMs, answer));
}

function program(burnMs: number, answer: string): string {
  return `import { createServer } from 'node:http';
const burn = (ms) => { for (const end = performance.now() + ms; performance.now() < end; ) for (let i = 0; i < 1e5; i += 1) burn.sum = i; };
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  if (request.url === '/echo') burn(${burnMs});
  const [status, body] = request.url === '/health' ? [200, 'ok'] : request.url === '/echo' ? [200, '${answer}'] : [404, 'no'];
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': body.length }).end(body);
});
process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
server.listen(Number(process.env.PORT), process.env.HOST);
`;
}
