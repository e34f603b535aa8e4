// A child process a node; messages go directly from process to process, this one serves HTTP.
import { runProgram } from '../_node/raft/host/program.ts';
import { createProcessHost } from './process-host.ts';

await runProgram(101, createProcessHost);
