package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// claim keeps other clusters away from a folder while the program runs, by the name of a socket that the kernel frees with
// it. The name is by device and inode: no other path to the folder gets around it.
func claim(dir string) (release func(), err error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("DATA_DIR: %w", err)
	}
	unixInfo, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() {
		return nil, fmt.Errorf("DATA_DIR: %s is not a folder", dir)
	}
	socket, err := net.Listen("unix", fmt.Sprintf("@paceline-raft:%d:%d", unixInfo.Dev, unixInfo.Ino))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("DATA_DIR: %s is in use by another cluster", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("DATA_DIR: %w", err)
	}
	return func() { _ = socket.Close() }, nil
}
