package primitives

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ownCPU is the CPU time of all threads of this process so far, user and system; to a microsecond.
func ownCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it has no other failure than a wrong argument
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// threadCount is the number of OS threads of this process; nil where the system does not report it.
func threadCount() *int {
	status, err := os.Open("/proc/self/status")
	if err != nil {
		return nil
	}
	defer status.Close()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if text, found := strings.CutPrefix(lines.Text(), "Threads:"); found {
			if count, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
				return &count
			}
		}
	}
	return nil
}

// clockStep is the smallest difference above zero between two readings of the clock, of many pairs.
func clockStep() time.Duration {
	const pairCount = 10_000
	smallest := time.Duration(1<<63 - 1)
	for found := 0; found < pairCount; {
		start := time.Now()
		if step := time.Since(start); step > 0 {
			smallest = min(smallest, step)
			found++
		}
	}
	return smallest
}
