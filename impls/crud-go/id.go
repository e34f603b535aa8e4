package main

import (
	"encoding/hex"

	"github.com/jackc/pgx/v5/pgtype"
)

// parseID takes a UUID only in its text form of 36 characters; pgtype's own parser also takes 32 digits and any separator.
func parseID(text string) (pgtype.UUID, bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return pgtype.UUID{}, false
	}
	id := pgtype.UUID{Valid: true}
	digits := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	_, err := hex.Decode(id.Bytes[:], []byte(digits))
	return id, err == nil
}
