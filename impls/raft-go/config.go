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

// lookup has the form of os.LookupEnv.
type lookup func(name string) (value string, set bool)

// readConfig names every variable that makes no sense, in one line.
func readConfig(env lookup) (config, error) {
	host, hostErr := env.host("HOST")
	port, portErr := env.number("PORT", "", 1, 65_535)
	dataDir, dirErr := env.required("DATA_DIR")
	size, sizeErr := env.number("CLUSTER_SIZE", "3", 1, maxClusterSize)
	leastUs, leastErr := env.milliseconds("ELECTION_TIMEOUT_MIN_MS", "150")
	mostUs, mostErr := env.milliseconds("ELECTION_TIMEOUT_MAX_MS", "300")
	heartbeatUs, heartbeatErr := env.milliseconds("HEARTBEAT_MS", "75")
	delayUs, delayErr := env.number("NETWORK_DELAY_US", "0", 0, 10_000_000)
	durability, durabilityErr := env.oneOf("DURABILITY", "file", "file", "fsync")
	seed, seedErr := env.number("SEED", "1", 0, math.MaxUint32)
	patienceMs, patienceErr := env.number("REQUEST_TIMEOUT_MS", "2000", 1, 60_000)
	level, levelErr := env.logLevel("LOG_LEVEL", "info")
	if leastErr == nil && mostErr == nil && mostUs < leastUs {
		mostErr = errors.New("ELECTION_TIMEOUT_MAX_MS must not be less than ELECTION_TIMEOUT_MIN_MS")
	}
	if leastErr == nil && heartbeatErr == nil && heartbeatUs >= leastUs {
		heartbeatErr = errors.New("HEARTBEAT_MS must be less than ELECTION_TIMEOUT_MIN_MS")
	}
	err := oneLine(hostErr, portErr, dirErr, sizeErr, leastErr, mostErr, heartbeatErr, delayErr, durabilityErr, seedErr,
		patienceErr, levelErr)
	return config{
		address:              net.JoinHostPort(host, strconv.FormatInt(port, 10)),
		dataDir:              dataDir,
		clusterSize:          int(size),
		electionTimeoutMinUs: leastUs,
		electionTimeoutMaxUs: mostUs,
		heartbeatUs:          heartbeatUs,
		networkDelayUs:       delayUs,
		fsync:                durability == "fsync",
		seed:                 uint32(seed),
		requestTimeout:       time.Duration(patienceMs) * time.Millisecond,
		logLevel:             level,
	}, err
}

func (env lookup) text(name, fallback string) string {
	if value, set := env(name); set {
		return value
	}
	return fallback
}

func (env lookup) required(name string) (string, error) {
	value := env.text(name, "")
	if value == "" {
		return "", fmt.Errorf("%s is missing", name)
	}
	return value, nil
}

func (env lookup) host(name string) (string, error) {
	host := env.text(name, "")
	if host == "" || strings.ContainsAny(host, "/ ") {
		return "", fmt.Errorf("%s must be the address to listen on, not %q", name, host)
	}
	return host, nil
}

func (env lookup) number(name, fallback string, least, most int64) (int64, error) {
	text := env.text(name, fallback)
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < least || number > most || strings.HasPrefix(text, "+") {
		return 0, fmt.Errorf("%s must be a whole number from %d to %d, not %q", name, least, most, text)
	}
	return number, nil
}

var decimalPattern = regexp.MustCompile(`^([0-9]{1,7})(?:\.([0-9]{1,3}))?$`)

// milliseconds gives microseconds.
func (env lookup) milliseconds(name, fallback string) (int64, error) {
	text := env.text(name, fallback)
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

func (env lookup) oneOf(name, fallback string, values ...string) (string, error) {
	text := env.text(name, fallback)
	for _, value := range values {
		if text == value {
			return text, nil
		}
	}
	return "", fmt.Errorf("%s must be %s, not %q", name, strings.Join(values, " or "), text)
}

func (env lookup) logLevel(name, fallback string) (slog.Level, error) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	text := env.text(name, fallback)
	level, known := levels[text]
	if !known {
		return 0, fmt.Errorf("%s must be debug, info, warn or error, not %q", name, text)
	}
	return level, nil
}

func oneLine(errs ...error) error {
	var lines []string
	for _, err := range errs {
		if err != nil {
			lines = append(lines, err.Error())
		}
	}
	if lines == nil {
		return nil
	}
	return errors.New(strings.Join(lines, "; "))
}
