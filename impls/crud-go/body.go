package main

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	maxJSONBytes = 65_536
	maxFileBytes = 1_048_576

	// bodyWait bounds how long a body may take to arrive.
	bodyWait = 30 * time.Second
)

// readFileBody reads a raw body and its Content-Type.
func readFileBody(w http.ResponseWriter, r *http.Request) (body []byte, mediaType string, err error) {
	mediaType, _, ok := contentType(r.Header)
	if !ok || len(mediaType) > maxMediaTypeChars {
		return nil, "", unsupportedMediaType
	}
	body, err = readBody(w, r, maxFileBytes)
	return body, mediaType, err
}

// readJSON reads a body that is a JSON object with exactly these keys.
func readJSON(w http.ResponseWriter, r *http.Request, keys ...string) (object, error) {
	if !isJSON(r.Header) {
		return nil, unsupportedMediaType
	}
	body, err := readBody(w, r, maxJSONBytes)
	if err != nil {
		return nil, err
	}
	return parseObject(body, keys...)
}

func readBody(w http.ResponseWriter, r *http.Request, limitBytes int64) ([]byte, error) {
	defer limitReading(w)()
	limited := http.MaxBytesReader(w, r.Body, limitBytes)
	body, err := readAll(limited, r.ContentLength, limitBytes)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, contentTooLarge
	case err != nil:
		return nil, brokenBody
	}
	return body, nil
}

// readAll reads a body of announced size into a buffer of that size, one of unknown size (-1) into a growing one, and one
// announced as too large into nothing: the client gets to see the answer only after it has sent what the sockets do not hold.
func readAll(from io.Reader, announcedBytes, limitBytes int64) ([]byte, error) {
	switch {
	case announcedBytes < 0:
		return io.ReadAll(from)
	case announcedBytes > limitBytes:
		_, err := io.Copy(io.Discard, from)
		return nil, err
	}
	body := make([]byte, announcedBytes)
	_, err := io.ReadFull(from, body)
	return body, err
}

// drain reads what a refusal left unread, so that the connection can be kept. (net/http itself drains 256 KiB, then closes.)
// A client that waits for 100 Continue sends no body after a refusal.
func drain(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength == 0 || r.Header.Get("Expect") != "" {
		return
	}
	defer limitReading(w)()
	_, _ = io.CopyN(io.Discard, r.Body, maxFileBytes)
}

// limitReading gives the client bodyWait from now on, and returns what lifts the limit. Errors are ignored: a connection that
// takes no deadline is one that is gone, which the next read tells.
func limitReading(w http.ResponseWriter) (lift func()) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyWait))
	return func() { _ = control.SetReadDeadline(time.Time{}) }
}
