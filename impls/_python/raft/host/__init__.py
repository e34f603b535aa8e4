"""The program around the nodes: files, clients, crashes. What carries a node, a task or a thread, is the caller's."""
