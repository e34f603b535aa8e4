package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"paceline/impls/_go/program"
	"paceline/impls/_go/raft"
)

const (
	maxClusterSize = 1001 // limits.clusterSize in impl.json
	maxTimeoutMs   = 3_600_000

	maxBatchEntries = 64
	windowEntries   = 1024
)

// config is what the environment asks for.
type config struct {
	address              string // host:port to listen on
	dataDir              string
	clusterSize          int
	electionTimeoutMinUs int64
	electionTimeoutMaxUs int64
	heartbeatUs          int64
	networkDelayUs       int64
	fsync                bool
	seed                 uint32
	requestTimeout       time.Duration
	logLevel             slog.Level
}

func (c *config) node(id int) raft.Config {
	return raft.Config{
		ID: id, ClusterSize: c.clusterSize, ElectionTimeoutMinUs: c.electionTimeoutMinUs,
		ElectionTimeoutMaxUs: c.electionTimeoutMaxUs, HeartbeatUs: c.heartbeatUs, MaxBatchEntries: maxBatchEntries,
		WindowEntries: windowEntries,
	}
}

// readConfig rejects invalid values and names all their variables in one line.
func readConfig(env program.Environment) (config, error) {
	host, hostErr := env.Host("HOST")
	port, portErr := env.Number("PORT", "", 1, 65_535)
	dataDir, dirErr := env.Required("DATA_DIR")
	size, sizeErr := env.Number("CLUSTER_SIZE", "3", 1, maxClusterSize)
	minUs, minErr := milliseconds(env, "ELECTION_TIMEOUT_MIN_MS", "150")
	maxUs, maxErr := milliseconds(env, "ELECTION_TIMEOUT_MAX_MS", "300")
	heartbeatUs, heartbeatErr := milliseconds(env, "HEARTBEAT_MS", "75")
	delayUs, delayErr := env.Number("NETWORK_DELAY_US", "0", 0, 10_000_000)
	durability, durabilityErr := env.OneOf("DURABILITY", "file", "file", "fsync")
	seed, seedErr := env.Number("SEED", "1", 0, math.MaxUint32)
	patienceMs, patienceErr := env.Number("REQUEST_TIMEOUT_MS", "2000", 1, 60_000)
	level, levelErr := env.LogLevel("LOG_LEVEL", "info")
	if minErr == nil && maxErr == nil && maxUs < minUs {
		maxErr = errors.New("ELECTION_TIMEOUT_MAX_MS must not be less than ELECTION_TIMEOUT_MIN_MS")
	}
	if minErr == nil && heartbeatErr == nil && heartbeatUs >= minUs {
		heartbeatErr = errors.New("HEARTBEAT_MS must be less than ELECTION_TIMEOUT_MIN_MS")
	}
	err := program.OneLine(hostErr, portErr, dirErr, sizeErr, minErr, maxErr, heartbeatErr, delayErr, durabilityErr, seedErr,
		patienceErr, levelErr)
	return config{
		address:              net.JoinHostPort(host, strconv.FormatInt(port, 10)),
		dataDir:              dataDir,
		clusterSize:          int(size),
		electionTimeoutMinUs: minUs,
		electionTimeoutMaxUs: maxUs,
		heartbeatUs:          heartbeatUs,
		networkDelayUs:       delayUs,
		fsync:                durability == "fsync",
		seed:                 uint32(seed),
		requestTimeout:       time.Duration(patienceMs) * time.Millisecond,
		logLevel:             level,
	}, err
}

var decimalPattern = regexp.MustCompile(`^([0-9]{1,7})(?:\.([0-9]{1,3}))?$`)

// milliseconds reads milliseconds and returns microseconds.
func milliseconds(env program.Environment, name, fallback string) (int64, error) {
	text := env.Text(name, fallback)
	parts := decimalPattern.FindStringSubmatch(text)
	if parts == nil {
		parts = []string{"", "0", ""}
	}
	digits := parts[1] + parts[2] + strings.Repeat("0", 3-len(parts[2]))
	us, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || us < 1 || us > maxTimeoutMs*1000 {
		return 0, fmt.Errorf("%s must be milliseconds above 0, up to %d, with at most three decimal places, not %q",
			name, maxTimeoutMs, text)
	}
	return us, nil
}
