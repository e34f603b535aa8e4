package main

import (
	"errors"
	"strings"
	"testing"

	"paceline/impls/_go/program"
)

func statusOf(t *testing.T, err error) int {
	t.Helper()
	var refused *program.Problem
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("not a refusal: %v", err)
	}
	if refused == nil {
		return 0
	}
	return refused.Status
}

func TestObjectDistinguishesMalformedFromInvalid(t *testing.T) {
	for body, want := range map[string]int{
		`{"a":"x","b":1}`:               0,
		" {\"b\":null,\t\"\\u0061\":1}": 0,
		``:                              400,
		`{`:                             400,
		`{"a":1,"b":2} x`:               400,
		`{"a":1,"b":2}{}`:               400,
		`{"a":1,"b":2,}`:                400,
		"{\"a\":\"\xff\",\"b\":1}":      400,
		"\xef\xbb\xbf{}":                400,
		`[]`:                            422,
		`null`:                          422,
		`"a"`:                           422,
		`{}`:                            422,
		`{"a":1}`:                       422,
		`{"A":1,"b":2}`:                 422,
		`{"a":1,"b":2,"c":3}`:           422,
		`{"a":1,"b":2,"a":1}`:           0,
	} {
		_, err := parseObject([]byte(body), "a", "b")
		if got := statusOf(t, err); got != want {
			t.Errorf("%q: got %d, want %d", body, got, want)
		}
	}
}

func TestObjectCoercesNothingToText(t *testing.T) {
	for body, want := range map[string]int{
		`{"a":"xyz"}`: 0, `{"a":"äöü"}`: 0, `{"a":"xy"}`: 422, `{"a":"wxyz"}`: 422, `{"a":123}`: 422, `{"a":1e999}`: 422,
		`{"a":null}`: 422, `{"a":["xyz"]}`: 422, `{"a":true}`: 422,
	} {
		fields, err := parseObject([]byte(body), "a")
		if err == nil {
			_, err = fields.text("a", 3, 3)
		}
		if got := statusOf(t, err); got != want {
			t.Errorf("%s: got %d, want %d", body, got, want)
		}
	}
}

func TestObjectTakesOneToManyIDs(t *testing.T) {
	const id = `"0198c0de-0000-7000-8000-00000000000a"`
	for body, want := range map[string]int{
		`[` + id + `]`: 0, `[` + id + `,` + strings.ToUpper(id) + `]`: 0, `[]`: 422, `[` + id + `,` + id + `,` + id + `]`: 422,
		id: 422, `[1]`: 422, `[null]`: 422, `["x"]`: 422, `{}`: 422,
	} {
		fields, err := parseObject([]byte(`{"ids":`+body+`}`), "ids")
		if err == nil {
			_, err = fields.ids("ids", 1, 2)
		}
		if got := statusOf(t, err); got != want {
			t.Errorf("%s: got %d, want %d", body, got, want)
		}
	}
}
