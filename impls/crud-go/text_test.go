package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestIDsAreUUIDsInTextFormOnly(t *testing.T) {
	const id = "0198c0de-0000-7000-8000-00000000000a"
	for _, text := range []string{id, strings.ToUpper(id)} {
		if got, ok := parseID(text); !ok || got.String() != id {
			t.Errorf("%s: got %s, %t", text, got, ok)
		}
	}
	for _, text := range []string{
		"", "x", id[:35], id + "0", strings.ReplaceAll(id, "-", ""), strings.Replace(id, "-", "_", 1), "{" + id[1:35] + "}",
		"0198c0de-0000-7000-8000-00000000000g", "0198c0de0-000-7000-8000-00000000000a",
	} {
		if got, ok := parseID(text); ok {
			t.Errorf("%q was taken as %s", text, got)
		}
	}
}

func TestInstantsHaveMillisecondsInUTC(t *testing.T) {
	var unknown, known instant
	known.Valid = true
	known.Time = time.Date(2026, 1, 2, 3, 4, 5, 60_000_000, time.FixedZone("east", 3600))
	text, err := json.Marshal([]instant{known, unknown})
	if want := `["2026-01-02T02:04:05.060Z",null]`; err != nil || string(text) != want {
		t.Errorf("got %s, %v; want %s", text, err, want)
	}
}

func TestFileNamesHaveNoControlCharacters(t *testing.T) {
	for _, name := range []string{"a", "ä/ö .txt", strings.Repeat("é", 127), "\u00a0", "\U0001F600"} {
		if !isFileName(name) {
			t.Errorf("%q was refused", name)
		}
	}
	for _, name := range []string{"", "a\x00", "a\n", "\x1f", "\x7f", "\u0080", "\u009f", "\xff", strings.Repeat("é", 128)} {
		if isFileName(name) {
			t.Errorf("%q was taken", name)
		}
	}
}

func TestMediaTypesFollowTheGrammar(t *testing.T) {
	for _, text := range []string{
		"a/b", "text/plain; charset=utf-8", "text/plain;charset=\"a;\\\"b\"", "application/vnd.x+json ;\ta=b; c=d", "A/B",
	} {
		verbatim, mediaType, ok := contentType(http.Header{"Content-Type": {text}})
		if !ok || verbatim != text || mediaType != strings.TrimRight(strings.Split(text, ";")[0], " ") {
			t.Errorf("%q: got %q, %q, %t", text, verbatim, mediaType, ok)
		}
	}
	for _, texts := range [][]string{
		nil, {""}, {"text"}, {"text/"}, {"/plain"}, {"te xt/plain"}, {"text/plain;"}, {"text/plain; a"}, {"text/plain; a ="},
		{"text/plain; a=\"b"}, {"text/plain, a/b"}, {"text/plän"}, {"text/plain; a=\"\x80\""}, {"a/b", "a/b"}, {"a/b\n"},
	} {
		if _, _, ok := contentType(http.Header{"Content-Type": texts}); ok {
			t.Errorf("%q was taken", texts)
		}
	}
}

func TestBearerTokensComeWithTheirSchemeInAnyCase(t *testing.T) {
	for text, want := range map[string]string{
		"Bearer abc": "abc", "bEARER  abc": "abc", "": "", "Bearer": "", "Bearer ": "", "Basic abc": "", "abc": "",
		"Bearer\tabc": "", "Bearer \tabc": "\tabc", "Bearer abc, Bearer abc": "abc, Bearer abc",
	} {
		got, ok := bearerToken(http.Header{"Authorization": {text}})
		if ok != (want != "") || (ok && got != want) {
			t.Errorf("%q: got %q, %t; want %q", text, got, ok, want)
		}
	}
}

func TestLastEventIDIsDigits(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "7": 7, "007": 7, "99999999999999999999": 1<<63 - 1} {
		got, given, err := lastEventID(http.Header{"Last-Event-Id": {text}})
		if got != want || !given || err != nil {
			t.Errorf("%q: got %d, %t, %v; want %d", text, got, given, err, want)
		}
	}
	for _, text := range []string{"", "-1", "+1", "1.0", "x", "1\n"} {
		_, _, err := lastEventID(http.Header{"Last-Event-Id": {text}})
		if got := statusOf(t, err); got != 422 {
			t.Errorf("%q: got %d, want 422", text, got)
		}
	}
}
