package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"paceline/impls/_go/program"
)

func (s *service) createFile(w http.ResponseWriter, r *http.Request, caller session) error {
	body, mediaType, err := readFileBody(w, r)
	if err != nil {
		return err
	}
	params, err := parseQuery(r.URL.RawQuery, "name")
	if err != nil {
		return err
	}
	name := params["name"]
	if !isFileName(name) {
		return program.Invalid(`parameter "name" must have 1 to 255 bytes and no control characters`)
	}
	created, err := s.db.createFile(r.Context(), caller.user.ID, name, mediaType, body)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/files/"+created.ID.String())
	return writeFile(w, http.StatusCreated, created)
}

func (s *service) listFiles(w http.ResponseWriter, r *http.Request, caller session) error {
	wanted, err := parsePage(r.URL.RawQuery)
	if err != nil {
		return err
	}
	// One row more than requested shows whether there is a next page.
	files, err := s.db.listFiles(r.Context(), caller.user.ID, wanted.limit+1, wanted.after)
	if err != nil {
		return err
	}
	if len(files) > wanted.limit {
		files = files[:wanted.limit]
		last := files[len(files)-1].ID
		w.Header().Set("Link", fmt.Sprintf(`</files?limit=%d&after=%s>; rel="next"`, wanted.limit, last))
	}
	return program.WriteJSON(w, http.StatusOK, struct {
		Files []file `json:"files"`
	}{files})
}

func (s *service) readFile(w http.ResponseWriter, r *http.Request, caller session) error {
	key, err := fileAsked(r, caller)
	if err != nil {
		return err
	}
	found, err := s.db.readFile(r.Context(), key)
	if err != nil {
		return err
	}
	if notModified(w, r, found.Version) {
		return nil
	}
	return writeFile(w, http.StatusOK, found)
}

// readContent asks for the version first: the cache is only as good as what the database says now.
func (s *service) readContent(w http.ResponseWriter, r *http.Request, caller session) error {
	key, err := fileAsked(r, caller)
	if err != nil {
		return err
	}
	found, err := s.db.readHead(r.Context(), key)
	if err != nil {
		return err
	}
	if notModified(w, r, found.version) {
		return nil
	}
	outcome := "hit"
	body, cached := s.cache.get(key.id, found.version)
	found.body = body
	if !cached {
		outcome = "miss"
		if found, err = s.db.readContent(r.Context(), key); err != nil {
			return err
		}
		s.cache.put(key.id, found.version, found.body)
	}
	w.Header().Set("X-Cache", outcome)
	w.Header().Set("ETag", etag(found.version))
	program.WriteBody(w, http.StatusOK, found.contentType, found.body)
	return nil
}

func (s *service) replaceFile(w http.ResponseWriter, r *http.Request, caller session) error {
	body, mediaType, err := readFileBody(w, r)
	if err != nil {
		return err
	}
	key, err := fileAsked(r, caller)
	if err != nil {
		return err
	}
	ifMatch, conditional := parseCondition(r.Header, "If-Match")
	if !conditional {
		return s.rejectReplacing(r.Context(), key, preconditionRequired)
	}
	replaced, err := s.db.replaceFile(r.Context(), key, ifMatch, mediaType, body)
	if errors.Is(err, pgx.ErrNoRows) {
		return s.rejectReplacing(r.Context(), key, preconditionFailed)
	}
	if err != nil {
		return err
	}
	s.cache.drop(key.id)
	return writeFile(w, http.StatusOK, replaced)
}

// rejectReplacing returns the reason given, or 404 if there is no such file.
func (s *service) rejectReplacing(ctx context.Context, key fileKey, reason *program.Problem) error {
	if _, err := s.db.fileVersion(ctx, key); err != nil {
		return err
	}
	return reason
}

func (s *service) deleteFile(w http.ResponseWriter, r *http.Request, caller session) error {
	key, err := fileAsked(r, caller)
	if err != nil {
		return err
	}
	if err := s.db.deleteFile(r.Context(), key); err != nil {
		return err
	}
	s.cache.drop(key.id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func fileAsked(r *http.Request, caller session) (fileKey, error) {
	id, ok := parseID(r.PathValue("id"))
	if !ok {
		return fileKey{}, program.NotFound
	}
	return fileKey{id: id, userID: caller.user.ID}, nil
}

func writeFile(w http.ResponseWriter, status int, f file) error {
	w.Header().Set("ETag", etag(f.Version))
	return program.WriteJSON(w, status, f)
}

// notModified answers 304 when If-None-Match names this version.
func notModified(w http.ResponseWriter, r *http.Request, version int32) bool {
	known, conditional := parseCondition(r.Header, "If-None-Match")
	if !conditional || !known.matchesWeakly(version) {
		return false
	}
	w.Header().Set("ETag", etag(version))
	w.WriteHeader(http.StatusNotModified)
	return true
}
