package main

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"paceline/impls/_go/program"
)

// parseConditions reads the body of POST /cluster/leader/crash: empty, or a JSON object with any of its two keys.
func parseConditions(text []byte) (conditions, error) {
	var asked conditions
	if len(text) == 0 {
		return asked, nil
	}
	if !utf8.Valid(text) || !json.Valid(text) {
		return asked, program.MalformedJSON
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil || fields == nil {
		return asked, program.Invalid("the body must be a JSON object")
	}
	for key, value := range fields {
		if err := asked.set(key, bytes.TrimSpace(value)); err != nil {
			return asked, err
		}
	}
	return asked, nil
}

func (asked *conditions) set(key string, value []byte) (err error) {
	switch key {
	case "synchronise":
		asked.synchronise = string(value) == "true"
		if !asked.synchronise && string(value) != "false" {
			return program.Invalid(`"synchronise" must be true or false`)
		}
	case "laggards":
		asked.laggards, err = strconv.Atoi(string(value))
		if err != nil || asked.laggards < 0 {
			return program.Invalid(`"laggards" must be a whole number, not less than 0`)
		}
	default:
		return program.Invalid("the body has a key that does not belong here")
	}
	return nil
}
