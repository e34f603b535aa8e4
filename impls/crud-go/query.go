package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"paceline/impls/_go/program"
)

// query holds the listed parameters that a request names.
type query map[string]string

// parseQuery refuses a listed parameter given twice and percent-encoding that is wrong or not UTF-8. (url.ParseQuery would take
// invalid UTF-8 and refuse a bare semicolon.)
func parseQuery(raw string, listed ...string) (query, error) {
	found := query{}
	for pair := range strings.SplitSeq(raw, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, nameErr := unescape(rawName)
		value, valueErr := unescape(rawValue)
		if nameErr != nil || valueErr != nil {
			return nil, program.Invalid("the query's percent-encoding is wrong or not UTF-8")
		}
		if !slices.Contains(listed, name) {
			continue
		}
		if _, twice := found[name]; twice {
			return nil, program.Invalid(fmt.Sprintf("parameter %q is given twice", name))
		}
		found[name] = value
	}
	return found, nil
}

func unescape(raw string) (string, error) {
	text, err := url.QueryUnescape(raw)
	if err == nil && !utf8.ValidString(text) {
		err = url.EscapeError(raw)
	}
	return text, err
}
