package program

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// WriteJSON answers with the value in JSON. It writes nothing where the value does not encode.
func WriteJSON(w http.ResponseWriter, status int, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	WriteBody(w, status, "application/json", text)
	return nil
}

// WriteBody ignores errors of writing: they mean that the client has gone.
func WriteBody(w http.ResponseWriter, status int, contentType string, body []byte) {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
