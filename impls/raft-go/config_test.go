package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"paceline/impls/_go/program"
)

func environment(maps ...map[string]string) program.Environment {
	defaults := map[string]string{"HOST": "127.0.0.1", "PORT": "8080", "DATA_DIR": "/data"}
	return program.EnvironmentOf(append([]map[string]string{defaults}, maps...)...)
}

func TestConfigHasTheDefaultsOfTheContract(t *testing.T) {
	got, err := readConfig(environment(nil))
	want := config{
		address: "127.0.0.1:8080", dataDir: "/data", clusterSize: 3, electionTimeoutMinUs: 150_000, electionTimeoutMaxUs: 300_000,
		heartbeatUs: 75_000, seed: 1, requestTimeout: 2 * time.Second, logLevel: slog.LevelInfo,
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestConfigReadsDecimalsToTheMicrosecond(t *testing.T) {
	got, err := readConfig(environment(map[string]string{
		"HEARTBEAT_MS": "0.005", "ELECTION_TIMEOUT_MIN_MS": "0.5", "ELECTION_TIMEOUT_MAX_MS": "12.25",
		"DURABILITY": "fsync", "CLUSTER_SIZE": "1001", "NETWORK_DELAY_US": "10000000", "SEED": "4294967295",
	}))
	if err != nil || got.heartbeatUs != 5 || got.electionTimeoutMinUs != 500 || got.electionTimeoutMaxUs != 12_250 {
		t.Errorf("got %+v, %v", got, err)
	}
	if !got.fsync || got.clusterSize != 1001 || got.networkDelayUs != 10_000_000 || got.seed != 4_294_967_295 {
		t.Errorf("got %+v", got)
	}
}

func TestConfigRejectsInvalidValues(t *testing.T) {
	for _, bad := range []struct{ name, value string }{
		{"HOST", ""}, {"PORT", "0"}, {"PORT", "65536"}, {"PORT", "+80"}, {"DATA_DIR", ""}, {"CLUSTER_SIZE", "0"}, {"CLUSTER_SIZE", "1002"},
		{"CLUSTER_SIZE", "three"}, {"ELECTION_TIMEOUT_MIN_MS", "0"}, {"ELECTION_TIMEOUT_MIN_MS", "1.2345"}, {"ELECTION_TIMEOUT_MIN_MS", "-1"},
		{"ELECTION_TIMEOUT_MAX_MS", "149.999"}, {"ELECTION_TIMEOUT_MAX_MS", "1e3"}, {"HEARTBEAT_MS", "150"}, {"HEARTBEAT_MS", ""},
		{"HEARTBEAT_MS", ".5"}, {"NETWORK_DELAY_US", "10000001"}, {"NETWORK_DELAY_US", "0.5"}, {"DURABILITY", "disk"}, {"SEED", "4294967296"},
		{"SEED", "-1"}, {"REQUEST_TIMEOUT_MS", "0"}, {"REQUEST_TIMEOUT_MS", "60001"}, {"LOG_LEVEL", "INFO"},
	} {
		_, err := readConfig(environment(map[string]string{bad.name: bad.value}))
		if err == nil || !strings.HasPrefix(err.Error(), bad.name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s=%q: got %v", bad.name, bad.value, err)
		}
	}
}
