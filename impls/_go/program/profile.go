//go:build profile

package program

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"
)

// Built with the tag profile, a program writes the CPU profile of what happens between SIGUSR1 and SIGUSR2 into the folder
// PACELINE_PROFILE. Without the tag none of this is in it.
func init() {
	opened, closed := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(opened, syscall.SIGUSR1)
	signal.Notify(closed, syscall.SIGUSR2)
	go func() {
		for number := 1; ; number++ {
			<-opened
			if err := profileUntil(closed, number); err != nil {
				fmt.Fprintln(os.Stderr, "profile:", err)
			}
		}
	}()
}

func profileUntil(closed <-chan os.Signal, number int) error {
	path := filepath.Join(os.Getenv("PACELINE_PROFILE"), fmt.Sprintf("cpu-%d.pb.gz", number))
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	<-closed
	pprof.StopCPUProfile()
	return nil
}
