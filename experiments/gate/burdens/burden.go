package program

import (
	"net/http"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// The variables are known to `npm run burden` alone.
var (
	burnTime = time.Duration(burdenNumber("BURN_US") * float64(time.Microsecond))
	held     = make([]byte, int(burdenNumber("HOLD_MIB"))<<20)
)

const pageBytes = 4096

func init() {
	burn(time.Duration(burdenNumber("START_MS") * float64(time.Millisecond)))
	for at := 0; at < len(held); at += pageBytes {
		held[at] = 1
	}
}

func burdenNumber(name string) float64 {
	value, _ := strconv.ParseFloat(os.Getenv("PACELINE_EXPERIMENT_"+name), 64)
	return value
}

// burdened burns before each answer but those to health checks.
func burdened(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/health" {
			burn(burnTime)
		}
		handler.ServeHTTP(w, r)
	})
}

// burn uses so much CPU: where the thread has to wait meanwhile, the wait does not count.
func burn(duration time.Duration) {
	if duration <= 0 {
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for end := threadTime() + duration; threadTime() < end; {
	}
}

// threadTime reads CLOCK_THREAD_CPUTIME_ID of Linux.
func threadTime() time.Duration {
	const clockThreadCPUTime = 3
	var now syscall.Timespec
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPUTime, uintptr(unsafe.Pointer(&now)), 0)
	return time.Duration(now.Nano())
}
