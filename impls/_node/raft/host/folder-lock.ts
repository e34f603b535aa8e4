import { statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';

/** Another cluster works on the folder. */
class FolderInUse extends Error {}

/**
 * Holds a folder for this program, as long as it lives and no longer: a Linux abstract socket named after the folder's device and
 * inode, so that nothing is left behind by a program that is killed. @throws FolderInUse
 */
export function lockFolder(folder: string): Promise<Server> {
  const { dev, ino } = statSync(folder, { bigint: true });
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  const server = createServer((socket) => socket.destroy());
  server.once('error', (error: NodeJS.ErrnoException) => {
    reject(error.code === 'EADDRINUSE' ? new FolderInUse(`DATA_DIR ${folder} is in use by another cluster`) : error);
  });
  server.listen(`\0paceline-raft:${dev}:${ino}`, () => resolve(server));
  server.unref();
  return promise;
}
