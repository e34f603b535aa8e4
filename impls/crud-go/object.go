package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"

	"paceline/impls/_go/program"
)

// object is a JSON object as a client sent it: strings, []any, json.Number and so on by key.
type object map[string]any

// parseObject wants exactly these keys; of two equal ones the last counts. Decoding into a struct would not do: encoding/json
// takes keys in any case and leaves a field alone at null.
func parseObject(text []byte, keys ...string) (object, error) {
	if !utf8.Valid(text) || !json.Valid(text) {
		return nil, program.MalformedJSON
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if first, err := decoder.Token(); err != nil || first != json.Delim('{') {
		return nil, program.Invalid("the body must be a JSON object")
	}
	fields := make(object, len(keys))
	for decoder.More() {
		if err := fields.readField(decoder, keys); err != nil {
			return nil, err
		}
	}
	for _, key := range keys {
		if _, present := fields[key]; !present {
			return nil, program.Invalid(fmt.Sprintf("%q is missing", key))
		}
	}
	return fields, nil
}

func (o object) readField(decoder *json.Decoder, keys []string) error {
	token, err := decoder.Token()
	if err != nil {
		return program.MalformedJSON
	}
	key, _ := token.(string)
	if !slices.Contains(keys, key) {
		return program.Invalid("the body has a key that does not belong here")
	}
	var value any
	if err := decoder.Decode(&value); err != nil {
		return program.MalformedJSON
	}
	o[key] = value
	return nil
}

// text is a string of min to max code points.
func (o object) text(key string, min, max int) (string, error) {
	text, ok := o[key].(string)
	if !ok {
		return "", program.Invalid(fmt.Sprintf("%q must be a string", key))
	}
	if count := utf8.RuneCountInString(text); count < min || count > max {
		return "", program.Invalid(fmt.Sprintf("%q must have %d to %d characters", key, min, max))
	}
	return text, nil
}

// ids is an array of min to max UUIDs.
func (o object) ids(key string, min, max int) ([]pgtype.UUID, error) {
	items, ok := o[key].([]any)
	if !ok || len(items) < min || len(items) > max {
		return nil, program.Invalid(fmt.Sprintf("%q must be an array of %d to %d ids", key, min, max))
	}
	ids := make([]pgtype.UUID, len(items))
	for i, item := range items {
		text, _ := item.(string)
		id, ok := parseID(text)
		if !ok {
			return nil, program.Invalid(fmt.Sprintf("item %d of %q must be a UUID", i, key))
		}
		ids[i] = id
	}
	return ids, nil
}
