package main

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// event notifies a user that an aggregation has ended. Ids count from 1 for each user.
type event struct {
	id            int64
	AggregationID pgtype.UUID `json:"aggregationId"`
	Status        string      `json:"status"`
	ResultFileID  pgtype.UUID `json:"resultFileId"`
	Reason        *string     `json:"reason"`
}

func (db *database) lastEventID(ctx context.Context, userID pgtype.UUID) (id int64, err error) {
	err = db.row(ctx, []any{&id}, `SELECT last_event_id FROM users WHERE id = $1`, userID)
	return id, err
}

func (db *database) eventsAfter(ctx context.Context, userID pgtype.UUID, after int64) ([]event, error) {
	return rows(ctx, db, scanEvent,
		`SELECT id, aggregation_id, status, result_file_id, reason FROM events WHERE user_id = $1 AND id > $2 ORDER BY id`,
		userID, after)
}

func scanEvent(row pgx.CollectableRow) (e event, err error) {
	err = row.Scan(&e.id, &e.AggregationID, &e.Status, &e.ResultFileID, &e.Reason)
	return e, err
}

// appendEvent adds the event as text/event-stream writes it.
func appendEvent(text []byte, e event) ([]byte, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return text, err
	}
	text = append(text, "id: "...)
	text = strconv.AppendInt(text, e.id, 10)
	text = append(text, "\nevent: aggregation\ndata: "...)
	text = append(text, data...)
	return append(text, "\n\n"...), nil
}
