import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';

/** A lock that the kernel lets go of when its holder ends, however that comes about. */
interface HeldLock {
  release(): void;
}

/**
 * Holds a lock at a path, by listening there: who can reach the path can ask, from another container too, and a process id says
 * nothing there. null where the file system takes no sockets.
 */
export async function holdLock(path: string): Promise<HeldLock | null> {
  const server = createServer((socket) => socket.destroy());
  const listening = await atShortPath(path, (address) => listen(server, address)).catch(() => false);
  if (!listening) return null;
  server.unref();
  return {
    release() {
      server.close();
      rmSync(path, { force: true });
    },
  };
}

async function listen(server: Server, address: string): Promise<boolean> {
  server.listen(address);
  await once(server, 'listening');
  return true;
}

/** free: nobody listens. absent: there is no such lock. unknown: it cannot be asked. */
type LockState = 'held' | 'free' | 'absent' | 'unknown';

const stateByCode: Readonly<Record<string, LockState>> = { ECONNREFUSED: 'free', ENOENT: 'absent', ENOTSOCK: 'free' };

/** Holds for processes of this kernel; of another one that shares the folder, `free` says nothing. */
export function lockState(path: string): Promise<LockState> {
  return atShortPath(path, ask).catch((error: NodeJS.ErrnoException) => stateByCode[error.code ?? ''] ?? 'unknown');
}

async function ask(address: string): Promise<LockState> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    return 'held';
  } finally {
    socket.destroy();
  }
}

/** The path of a socket has room for 107 bytes: the folder is named by an open descriptor of it. */
async function atShortPath<T>(path: string, use: (address: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return use(path);
  const folder: FileHandle = await open(dirname(path));
  try {
    return await use(`/proc/self/fd/${folder.fd}/${basename(path)}`);
  } finally {
    await folder.close();
  }
}
