package primitives

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// startRunner starts this test binary as the harness does: a case in the environment, standard input held open.
func startRunner(t *testing.T, change map[string]string) (process *exec.Cmd, input io.Closer, output io.Reader, errs *strings.Builder) {
	t.Helper()
	process = exec.Command(os.Args[0])
	process.Env = os.Environ()
	for _, variables := range []map[string]string{environment, change} {
		for name, text := range variables {
			process.Env = append(process.Env, name+"="+text)
		}
	}
	errs = new(strings.Builder)
	process.Stderr = errs
	input, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if output, err = process.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return process, input, output, errs
}

func TestATimedCasePrintsOneLineAndItsCountsAgree(t *testing.T) {
	process, _, output, errs := startRunner(t, map[string]string{"SIZE": "2", "SAMPLES": "2", "SAMPLE_MS": "1"})
	var result timeResult
	if err := json.NewDecoder(output).Decode(&result); err != nil {
		t.Fatal(err, errs)
	}
	if err := process.Wait(); err != nil {
		t.Fatal(err, errs)
	}
	sampled := result.Samples[0].OperationCount + result.Samples[1].OperationCount
	if len(result.Samples) != 2 || len(result.EmptyLoop) != 3 || *result.Size != 2 {
		t.Errorf("result %+v", result)
	}
	if c := result.Check; c.AskedCount != c.DoneCount || c.AskedCount < result.WarmupOperationCount+sampled {
		t.Errorf("%d operations sampled, but checked %+v", sampled, c)
	}
	if !strings.Contains(errs.String(), "BenchmarkLock/mutex/contenders=2") {
		t.Errorf("testing's own lines are not on standard error: %s", errs)
	}
}

func TestTheEndOfStandardInputEndsTheRunner(t *testing.T) {
	long := map[string]string{"PRIMITIVE": "message", "VARIANT": "socket", "SIZE": "0", "WARMUP_MS": "100000"}
	process, input, output, _ := startRunner(t, long)
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(output); err != nil || len(text) > 0 {
		t.Errorf("it printed %q, %v", text, err)
	}
	expectExit(t, process, exitUnmeasured)
}

func TestNonsenseIsOneLineAndExitCode2(t *testing.T) {
	process, _, _, errs := startRunner(t, map[string]string{"VARIANT": "no-lock"})
	expectExit(t, process, exitUsage)
	if want := "primitives-go: PRIMITIVE \"lock\" has no VARIANT \"no-lock\" here\n"; errs.String() != want {
		t.Errorf("it said %q", errs)
	}
}

func expectExit(t *testing.T, process *exec.Cmd, code int) {
	t.Helper()
	var exit *exec.ExitError
	if err := process.Wait(); !errors.As(err, &exit) || exit.ExitCode() != code {
		t.Errorf("it ended with %v instead of %d", err, code)
	}
}
