"""Does nothing but wait for a line, or the end, of standard input."""

import sys

print('{"type":"ready","doneCount":0,"osThreadCount":null,"processCount":1}', flush=True)
sys.stdin.readline()
