package main

import "github.com/jackc/pgx/v5/pgtype"

// instant is a time of the database, given to clients in UTC with milliseconds; null is JSON's null.
type instant struct{ pgtype.Timestamptz }

const instantLayout = `"2006-01-02T15:04:05.000Z"`

func (t instant) MarshalJSON() ([]byte, error) {
	if !t.Valid {
		return []byte("null"), nil
	}
	return t.Time.UTC().AppendFormat(make([]byte, 0, len(instantLayout)), instantLayout), nil
}
