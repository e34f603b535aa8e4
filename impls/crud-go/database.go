package main

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	statementTimeoutMs = "5000"

	// connectWait bounds one attempt to connect.
	connectWait = 2 * time.Second
	// statementWait bounds the wait for a connection and a statement together: a little more than statement_timeout, which a
	// database that hangs does not keep.
	statementWait = 6 * time.Second
	// healthWait keeps the answer of /health within its second.
	healthWait = 800 * time.Millisecond
)

// database sends every statement of the contract. Its methods return pgx.ErrNoRows where the row asked for is not there.
type database struct{ pool *pgxpool.Pool }

// openDatabase connects only when the first statement is sent, so the service starts before its database.
func openDatabase(config config) (*database, error) {
	pooled, err := pgxpool.ParseConfig(config.databaseURL)
	if err != nil {
		return nil, err
	}
	pooled.MaxConns = int32(config.poolTotal)
	pooled.ConnConfig.ConnectTimeout = connectWait
	pooled.ConnConfig.RuntimeParams["application_name"] = "crud-go"
	pooled.ConnConfig.RuntimeParams["statement_timeout"] = statementTimeoutMs
	pool, err := pgxpool.NewWithConfig(context.Background(), pooled)
	return &database{pool}, err
}

func (db *database) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healthWait)
	defer cancel()
	var one int
	return db.pool.QueryRow(ctx, "SELECT 1").Scan(&one)
}

// row sends one statement and scans its only row.
func (db *database) row(ctx context.Context, into []any, sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, statementWait)
	defer cancel()
	return db.pool.QueryRow(ctx, sql, args...).Scan(into...)
}

func (db *database) exec(ctx context.Context, sql string, args ...any) (affectedCount int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, statementWait)
	defer cancel()
	tag, err := db.pool.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

// rows sends one statement and scans all of its rows.
func rows[T any](ctx context.Context, db *database, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, statementWait)
	defer cancel()
	found, err := db.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, scan)
}

// databaseLost separates a database that is away, starting, stopping, full or too slow from one that rejects a statement. What
// pgx reports without an answer of the server is trouble on the way to it, except a row that does not fit its variables.
func databaseLost(err error) bool {
	var connect *pgconn.ConnectError
	var answered *pgconn.PgError
	var scan pgx.ScanArgError
	switch {
	case errors.As(err, &connect):
		return true
	case errors.As(err, &answered):
		return connectionClass(answered.Code)
	default:
		return !errors.As(err, &scan)
	}
}

// connectionClass knows SQLSTATE's classes 08 connection exception, 53 insufficient resources and 57 operator intervention
// (shutdown, start-up, cancelled statement).
func connectionClass(code string) bool {
	if len(code) < 2 {
		return false
	}
	class := code[:2]
	return class == "08" || class == "53" || class == "57"
}
