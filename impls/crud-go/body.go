package main

import (
	"net/http"

	"paceline/impls/_go/program"
)

const (
	maxJSONBytes = 65_536
	maxFileBytes = 1_048_576
)

// readFileBody reads a raw body and its Content-Type.
func readFileBody(w http.ResponseWriter, r *http.Request) (body []byte, mediaType string, err error) {
	mediaType, _, ok := contentType(r.Header)
	if !ok || len(mediaType) > maxMediaTypeChars {
		return nil, "", unsupportedMediaType
	}
	body, err = program.ReadBody(w, r, maxFileBytes)
	return body, mediaType, err
}

// readJSON reads a body that is a JSON object with exactly these keys.
func readJSON(w http.ResponseWriter, r *http.Request, keys ...string) (object, error) {
	if !isJSON(r.Header) {
		return nil, unsupportedMediaType
	}
	body, err := program.ReadBody(w, r, maxJSONBytes)
	if err != nil {
		return nil, err
	}
	return parseObject(body, keys...)
}
