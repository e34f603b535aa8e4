package program

import (
	"errors"
	"io"
	"net/http"
	"time"
)

const (
	// drainBytes is how much of an unread body is read after a problem, to keep the connection.
	drainBytes = 1_048_576
	// bodyWait bounds how long a body may take to arrive.
	bodyWait = 30 * time.Second
)

// ErrBrokenBody means that a body ended or broke before its end.
var ErrBrokenBody = errors.New("the body ended or broke before its end")

// ReadBody reads the whole body. Its errors are ContentTooLarge and ErrBrokenBody.
func ReadBody(w http.ResponseWriter, r *http.Request, limitBytes int64) ([]byte, error) {
	defer limitReading(w)()
	limited := http.MaxBytesReader(w, r.Body, limitBytes)
	body, err := readAll(limited, r.ContentLength, limitBytes)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, ContentTooLarge
	case err != nil:
		return nil, ErrBrokenBody
	}
	return body, nil
}

// readAll reads a body of announced size into a buffer of that size, one of unknown size (-1) into a growing one, and one
// announced as too large into nothing: a client reads the answer only after it has sent what the sockets do not hold.
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

// drain reads what a handler left unread, so that the connection can be kept. (net/http itself drains 256 KiB, then closes.)
// A client that waits for 100 Continue sends no body after a problem.
func drain(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength == 0 || r.Header.Get("Expect") != "" {
		return
	}
	defer limitReading(w)()
	_, _ = io.CopyN(io.Discard, r.Body, drainBytes)
}

// limitReading gives the client bodyWait from now on, and returns what lifts the limit. It ignores errors: a connection that
// takes no deadline is gone, and the next read fails.
func limitReading(w http.ResponseWriter) (lift func()) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyWait))
	return func() { _ = control.SetReadDeadline(time.Time{}) }
}
