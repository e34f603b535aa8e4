process.on('message', () => process.exit(42));
process.on('disconnect', () => process.exit(0));
process.send('ready');
