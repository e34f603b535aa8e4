package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"paceline/impls/_go/program"
)

func environment(changes map[string]string) program.Environment {
	return program.EnvironmentOf(map[string]string{
		"HOST": "127.0.0.1", "PORT": "8080", "DATABASE_URL": "postgres://app:secret@127.0.0.1:5432/crud",
	}, changes)
}

func TestConfigHasTheDefaultsOfTheContract(t *testing.T) {
	got, err := readConfig(environment(nil))
	want := config{
		address: "127.0.0.1:8080", databaseURL: "postgres://app:secret@127.0.0.1:5432/crud", workers: 1, poolTotal: 8,
		cacheBytes: 16_777_216, sessionTTL: time.Hour, maxEventStreams: 64, logLevel: slog.LevelInfo,
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestConfigRejectsInvalidValues(t *testing.T) {
	for _, bad := range []struct{ name, value string }{
		{"HOST", ""}, {"PORT", "0"}, {"PORT", "65536"}, {"PORT", "+80"}, {"PORT", "80 "}, {"WORKERS", ""}, {"WORKERS", "0"},
		{"WORKERS", "two"}, {"DB_POOL_TOTAL", "0"}, {"FILE_CACHE_BYTES", "-1"}, {"SESSION_TTL_SECONDS", "1.5"},
		{"MAX_EVENT_STREAMS", "0"}, {"LOG_LEVEL", "INFO"}, {"DATABASE_URL", ""}, {"DATABASE_URL", "mysql://app@host/crud"},
		{"DATABASE_URL", "postgres://app:secret@host:99999/crud"}, {"DATABASE_URL", "postgres://app:secret@host/"}, {"DATABASE_URL", "postgres://app:secret@host/crud?sslmode=disable"},
	} {
		_, err := readConfig(environment(map[string]string{bad.name: bad.value}))
		if err == nil || !strings.HasPrefix(err.Error(), bad.name) {
			t.Errorf("%s=%q: got %v", bad.name, bad.value, err)
		}
	}
}

func TestConfigNamesAllProblemsInOneLineWithoutThePassword(t *testing.T) {
	_, err := readConfig(environment(map[string]string{"PORT": "x", "WORKERS": "y", "DATABASE_URL": "postgres://app:secret@/"}))
	if err == nil || strings.Count(err.Error(), "; ") != 2 || strings.ContainsAny(err.Error(), "\n") {
		t.Errorf("want three problems in one line, got %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("the password is shown: %v", err)
	}
}
