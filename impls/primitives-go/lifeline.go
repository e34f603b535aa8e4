package primitives

import (
	"bufio"
	"io"
	"os"
)

// followLifeline reads standard input's lines: each is passed on. Its end means that the harness is gone, and ends the
// program at once (partners end with it: their standard input is a pipe from here).
func followLifeline(input io.Reader) <-chan struct{} {
	lines := make(chan struct{})
	go func() {
		for scanner := bufio.NewScanner(input); scanner.Scan(); {
			lines <- struct{}{}
		}
		os.Exit(1)
	}()
	return lines
}
