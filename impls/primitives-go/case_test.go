package primitives

import (
	"maps"
	"strings"
	"testing"
	"time"
)

var environment = map[string]string{
	"PRIMITIVE": "lock", "VARIANT": "mutex", "SIZE": "8", "SAMPLES": "3",
	"SAMPLE_MS": "20", "WARMUP_MS": "0", "BUDGET_MS": "600000", "DATA_FILE": "",
}

func readChanged(change map[string]string) (benchCase, error) {
	changed := maps.Clone(environment)
	maps.Copy(changed, change)
	return readCase(func(name string) (string, bool) {
		text, found := changed[name]
		return text, found
	})
}

func TestACaseIsReadFromTheEnvironment(t *testing.T) {
	c, err := readChanged(nil)
	want := benchCase{"lock", "mutex", 8, 3, 20 * time.Millisecond, 0, 10 * time.Minute, ""}
	if err != nil || c != want {
		t.Errorf("read %+v, %v", c, err)
	}
}

func TestInvalidValuesAreRejectedByName(t *testing.T) {
	refused := []struct {
		change map[string]string
		named  string
	}{
		{map[string]string{"PRIMITIVE": ""}, "PRIMITIVE"},
		{map[string]string{"PRIMITIVE": "fork-bomb"}, "PRIMITIVE"},
		{map[string]string{"VARIANT": "semaphore"}, "VARIANT"},
		{map[string]string{"SIZE": "0"}, "SIZE"},
		{map[string]string{"SIZE": "-1"}, "SIZE"},
		{map[string]string{"SAMPLES": "0"}, "SAMPLES"},
		{map[string]string{"SAMPLE_MS": "1e3"}, "SAMPLE_MS"},
		{map[string]string{"WARMUP_MS": ""}, "WARMUP_MS"},
		{map[string]string{"BUDGET_MS": "99999999999"}, "BUDGET_MS"},
		{map[string]string{"PRIMITIVE": "spawn", "VARIANT": "goroutine"}, "SIZE"},
		{map[string]string{"PRIMITIVE": "sort", "VARIANT": "goroutines", "SIZE": "3", "DATA_FILE": "/x"}, "SIZE"},
		{map[string]string{"PRIMITIVE": "sort", "VARIANT": "goroutines", "SIZE": "4"}, "DATA_FILE"},
	}
	for _, r := range refused {
		if _, err := readChanged(r.change); err == nil || !strings.Contains(err.Error(), r.named) {
			t.Errorf("%v: %v", r.change, err)
		}
	}
}
