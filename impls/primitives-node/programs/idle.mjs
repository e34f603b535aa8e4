process.stdin.once('data', () => process.exit(0)).once('end', () => process.exit(0));
process.stdout.write('{"type":"ready","doneCount":0,"osThreadCount":null,"processCount":1}\n');
