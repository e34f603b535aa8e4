package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// config is what the environment asks for.
type config struct {
	address         string // host:port to listen on
	databaseURL     string
	workers         int   // GOMAXPROCS
	poolTotal       int   // query connections; the one for LISTEN comes on top
	cacheBytes      int64 // file bodies kept in memory
	sessionTTL      time.Duration
	maxEventStreams int
	logLevel        slog.Level
}

// lookup has the form of os.LookupEnv.
type lookup func(name string) (value string, set bool)

// readConfig names every variable that makes no sense, in one line.
func readConfig(env lookup) (config, error) {
	host, hostErr := env.host("HOST")
	port, portErr := env.number("PORT", "", 1, 65_535)
	databaseURL, urlErr := env.databaseURL("DATABASE_URL")
	workers, workersErr := env.number("WORKERS", "1", 1, 4096)
	pool, poolErr := env.number("DB_POOL_TOTAL", "8", 1, 10_000)
	cache, cacheErr := env.number("FILE_CACHE_BYTES", "16777216", 0, math.MaxInt64)
	ttl, ttlErr := env.number("SESSION_TTL_SECONDS", "3600", 1, math.MaxInt32)
	streams, streamsErr := env.number("MAX_EVENT_STREAMS", "64", 1, 1_000_000)
	level, levelErr := env.logLevel("LOG_LEVEL", "info")
	err := oneLine(hostErr, portErr, urlErr, workersErr, poolErr, cacheErr, ttlErr, streamsErr, levelErr)
	return config{
		address:         net.JoinHostPort(host, strconv.FormatInt(port, 10)),
		databaseURL:     databaseURL,
		workers:         int(workers),
		poolTotal:       int(pool),
		cacheBytes:      cache,
		sessionTTL:      time.Duration(ttl) * time.Second,
		maxEventStreams: int(streams),
		logLevel:        level,
	}, err
}

func (env lookup) text(name, fallback string) string {
	if value, set := env(name); set {
		return value
	}
	return fallback
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

// databaseURL never repeats the value in its error: it holds a password.
func (env lookup) databaseURL(name string) (string, error) {
	text := env.text(name, "")
	parsed, err := url.Parse(text)
	if err == nil {
		_, err = pgxpool.ParseConfig(text) // knows more, such as the largest port
	}
	if err != nil || parsed.Scheme != "postgres" || parsed.User.Username() == "" || parsed.Hostname() == "" ||
		len(parsed.Path) < 2 || parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", fmt.Errorf("%s must have the form postgres://user:password@host:port/database", name)
	}
	return text, nil
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
