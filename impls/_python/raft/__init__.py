"""Raft (bench/raft/contract.md): the algorithm without I/O in core, and the program around it in host."""
