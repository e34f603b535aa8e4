package main

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// jobWait bounds one job with all its statements.
const jobWait = 30 * time.Second

const (
	statusReady  = "ready"
	statusFailed = "failed"

	reasonFileGone      = "file-gone"
	reasonLengthChanged = "length-changed"
)

// job is an aggregation claimed by the transaction that will finish it: should this process die, the claim dies with it.
type job struct {
	tx      pgx.Tx
	id      pgtype.UUID
	userID  pgtype.UUID
	fileIDs []pgtype.UUID
}

// outcome is how a job ended: ready with a file, or failed with a reason.
type outcome struct {
	status       string
	resultFileID pgtype.UUID
	reason       *string
}

// finishNextJob does the oldest pending job that no other process works on, if there is one.
func (db *database) finishNextJob(ctx context.Context) (found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, jobWait)
	defer cancel()
	err = pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		claimed, err := claimJob(ctx, tx)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		return claimed.finish(ctx)
	})
	return found && err == nil, err
}

func claimJob(ctx context.Context, tx pgx.Tx) (job, error) {
	claimed := job{tx: tx}
	err := tx.QueryRow(ctx, `SELECT id, user_id, file_ids FROM aggregations WHERE status = 'pending' `+
		`ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1`).Scan(&claimed.id, &claimed.userID, &claimed.fileIDs)
	return claimed, err
}

func (j job) finish(ctx context.Context) error {
	vectors, err := j.readVectors(ctx)
	if err != nil {
		return err
	}
	ended, err := j.conclude(ctx, vectors)
	if err != nil {
		return err
	}
	return j.record(ctx, ended)
}

// readVectors gives the bodies in the order of fileIDs, nil for a file that is gone.
func (j job) readVectors(ctx context.Context) ([][]byte, error) {
	found, err := j.tx.Query(ctx, `SELECT id, body FROM files WHERE user_id = $1 AND id = ANY($2::uuid[])`, j.userID, j.fileIDs)
	if err != nil {
		return nil, err
	}
	bodies := make(map[pgtype.UUID][]byte, len(j.fileIDs))
	var id pgtype.UUID
	var body []byte
	_, err = pgx.ForEachRow(found, []any{&id, &body}, func() error {
		bodies[id] = body
		return nil
	})
	vectors := make([][]byte, len(j.fileIDs))
	for i, id := range j.fileIDs {
		vectors[i] = bodies[id]
	}
	return vectors, err
}

func (j job) conclude(ctx context.Context, vectors [][]byte) (outcome, error) {
	if reason, failed := failure(vectors); failed {
		return outcome{status: statusFailed, reason: &reason}, nil
	}
	result := mean(vectors)
	ended := outcome{status: statusReady}
	err := j.tx.QueryRow(ctx,
		`INSERT INTO files (user_id, name, content_type, size_bytes, body) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		j.userID, "aggregation-"+j.id.String(), "application/octet-stream", len(result), result).Scan(&ended.resultFileID)
	return ended, err
}

// failure returns what has become of the files since the job was accepted.
func failure(vectors [][]byte) (reason string, failed bool) {
	sizes := make([]int, len(vectors))
	for i, vector := range vectors {
		if vector == nil {
			return reasonFileGone, true
		}
		sizes[i] = len(vector)
	}
	return reasonLengthChanged, !areVectors(sizes)
}

// record finishes the job and notifies its user by an event. The counter is raised in this transaction, which holds the user's row
// until it commits: numbers from a sequence could become visible out of order.
func (j job) record(ctx context.Context, ended outcome) error {
	_, err := j.tx.Exec(ctx,
		`UPDATE aggregations SET status = $2, result_file_id = $3, reason = $4, finished_at = now() WHERE id = $1`,
		j.id, ended.status, ended.resultFileID, ended.reason)
	if err != nil {
		return err
	}
	var eventID int64
	err = j.tx.QueryRow(ctx,
		`UPDATE users SET last_event_id = last_event_id + 1 WHERE id = $1 RETURNING last_event_id`, j.userID).Scan(&eventID)
	if err != nil {
		return err
	}
	_, err = j.tx.Exec(ctx,
		`INSERT INTO events (user_id, id, aggregation_id, status, result_file_id, reason) VALUES ($1, $2, $3, $4, $5, $6)`,
		j.userID, eventID, j.id, ended.status, ended.resultFileID, ended.reason)
	if err != nil {
		return err
	}
	_, err = j.tx.Exec(ctx, `SELECT pg_notify('user_event', $1)`, j.userID.String())
	return err
}
