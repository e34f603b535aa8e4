package main

import (
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"paceline/impls/_go/program"
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

// readConfig rejects invalid values and names all their variables in one line.
func readConfig(env program.Environment) (config, error) {
	host, hostErr := env.Host("HOST")
	port, portErr := env.Number("PORT", "", 1, 65_535)
	databaseURL, urlErr := databaseURL(env, "DATABASE_URL")
	workers, workersErr := env.Number("WORKERS", "1", 1, 4096)
	pool, poolErr := env.Number("DB_POOL_TOTAL", "8", 1, 10_000)
	cache, cacheErr := env.Number("FILE_CACHE_BYTES", "16777216", 0, math.MaxInt64)
	ttl, ttlErr := env.Number("SESSION_TTL_SECONDS", "3600", 1, math.MaxInt32)
	streams, streamsErr := env.Number("MAX_EVENT_STREAMS", "64", 1, 1_000_000)
	level, levelErr := env.LogLevel("LOG_LEVEL", "info")
	err := program.OneLine(hostErr, portErr, urlErr, workersErr, poolErr, cacheErr, ttlErr, streamsErr, levelErr)
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

// databaseURL never repeats the value in its error: it holds a password.
func databaseURL(env program.Environment, name string) (string, error) {
	text := env.Text(name, "")
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
