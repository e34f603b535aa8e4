package main

import (
	"net/http"

	"github.com/jackc/pgx/v5/pgtype"

	"paceline/impls/_go/program"
)

const maxAggregatedFiles = 64

func (s *service) aggregate(w http.ResponseWriter, r *http.Request, caller session) error {
	body, err := readJSON(w, r, "fileIds")
	if err != nil {
		return err
	}
	ids, err := body.ids("fileIds", 1, maxAggregatedFiles)
	if err != nil {
		return err
	}
	sizes, err := s.db.fileSizes(r.Context(), caller.user.ID, ids)
	if err != nil {
		return err
	}
	if err := checkVectors(ids, sizes); err != nil {
		return err
	}
	queued, err := s.db.queueAggregation(r.Context(), caller.user.ID, ids)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/aggregations/"+queued.ID.String())
	return program.WriteJSON(w, http.StatusAccepted, queued)
}

// checkVectors refuses files that are not there before files that are no vectors of one length.
func checkVectors(ids []pgtype.UUID, sizes map[pgtype.UUID]int) error {
	ordered := make([]int, len(ids))
	for i, id := range ids {
		size, found := sizes[id]
		if !found {
			return program.NotFound
		}
		ordered[i] = size
	}
	if !areVectors(ordered) {
		return program.Invalid("the files must have one length, a multiple of 4 and not 0")
	}
	return nil
}

func (s *service) readAggregation(w http.ResponseWriter, r *http.Request, caller session) error {
	id, ok := parseID(r.PathValue("id"))
	if !ok {
		return program.NotFound
	}
	found, err := s.db.readAggregation(r.Context(), id, caller.user.ID)
	if err != nil {
		return err
	}
	return program.WriteJSON(w, http.StatusOK, found)
}
