package main

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// aggregation is a job in the queue, or a finished one.
type aggregation struct {
	ID           pgtype.UUID `json:"id"`
	Status       string      `json:"status"`
	ResultFileID pgtype.UUID `json:"resultFileId"`
	Reason       *string     `json:"reason"`
	CreatedAt    instant     `json:"createdAt"`
	FinishedAt   instant     `json:"finishedAt"`
}

// queuedAggregation is what the client gets on acceptance.
type queuedAggregation struct {
	ID        pgtype.UUID `json:"id"`
	Status    string      `json:"status"`
	CreatedAt instant     `json:"createdAt"`
}

// fileSizes gives the sizes of those of the files that are the user's.
func (db *database) fileSizes(ctx context.Context, userID pgtype.UUID, ids []pgtype.UUID) (map[pgtype.UUID]int, error) {
	type sizedFile struct {
		ID        pgtype.UUID
		SizeBytes int
	}
	found, err := rows(ctx, db, pgx.RowToStructByPos[sizedFile],
		`SELECT id, size_bytes FROM files WHERE user_id = $1 AND id = ANY($2::uuid[])`, userID, ids)
	sizes := make(map[pgtype.UUID]int, len(found))
	for _, f := range found {
		sizes[f.ID] = f.SizeBytes
	}
	return sizes, err
}

func (db *database) queueAggregation(ctx context.Context, userID pgtype.UUID, fileIDs []pgtype.UUID) (a queuedAggregation, err error) {
	err = db.row(ctx, []any{&a.ID, &a.Status, &a.CreatedAt, nil},
		`WITH job AS (INSERT INTO aggregations (user_id, file_ids) VALUES ($1, $2) RETURNING id, status, created_at) `+
			`SELECT id, status, created_at, pg_notify('aggregation_queued', id::text) FROM job`, userID, fileIDs)
	return a, err
}

func (db *database) readAggregation(ctx context.Context, id, userID pgtype.UUID) (a aggregation, err error) {
	err = db.row(ctx, []any{&a.ID, &a.Status, &a.ResultFileID, &a.Reason, &a.CreatedAt, &a.FinishedAt},
		`SELECT id, status, result_file_id, reason, created_at, finished_at FROM aggregations WHERE id = $1 AND user_id = $2`,
		id, userID)
	return a, err
}
