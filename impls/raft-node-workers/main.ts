// A worker thread a node; messages go directly from thread to thread, the main thread serves HTTP.
import { runProgram } from '../_node/raft/host/program.ts';
import { createThreadHost } from './thread-host.ts';

await runProgram(301, createThreadHost);
