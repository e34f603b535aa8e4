import { type ChildProcess, fork } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Config } from '../_node/raft/host/config.ts';
import { createRemoteSlot, type Remote, type RemoteEvents } from '../_node/raft/host/remoteSlot.ts';
import type { Host } from '../_node/raft/host/slot.ts';
import { createGateKeeper } from './gateKeeper.ts';
import type { ProcessCommand, ProcessReport } from './protocol.ts';

const script = new URL('./nodeProcess.ts', import.meta.url);

/** The nodes of a cluster in processes of their own, which end when this one does. */
export function createProcessHost(config: Config): Host {
  const children = new Map<number, ChildProcess>();
  const keeper = createGateKeeper(config.clusterSize, () => [...children.keys()], post);

  function post(id: number, command: ProcessCommand): void {
    const child = children.get(id);
    // What can no longer be told need not be: it is ending.
    if (child?.connected) child.send(command, () => {});
  }

  function launch(id: number, incarnation: number, events: RemoteEvents): Remote {
    const child = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const exited = Promise.withResolvers<void>();
    children.set(id, child);
    child.on('message', (report: ProcessReport) => {
      if (report.type === 'gate') keeper.answered(id, report.ask, report.atUs);
      else events.report(report);
    });
    child.once('error', (error) => {
      // One that never was will not exit.
      if (child.pid === undefined) exited.resolve();
      events.ended(`its process failed: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      if (children.get(id) === child) children.delete(id);
      keeper.gone(id);
      exited.resolve();
      events.ended(`its process ended (${signal ?? code})`);
    });
    post(id, {
      type: 'order',
      order: { config, id, incarnation, gates: keeper.epochs(), socketPrefix: socketPrefix(config.dataDir) },
    });
    return {
      post: (command) => post(id, command),
      kill() {
        child.kill('SIGKILL');
        return exited.promise;
      },
    };
  }

  return {
    slot: (id, events) => createRemoteSlot(id, events, keeper, launch),
    async close() {
      for (const child of children.values()) child.kill('SIGKILL');
    },
  };
}

/** Abstract sockets (Linux): they end with their process, whatever ends it. */
function socketPrefix(dataDir: string): string {
  const { dev, ino } = statSync(dataDir, { bigint: true });
  return `\0paceline-raft:${dev}:${ino}`;
}
