package main

import (
	"net/http"
	"regexp"
	"strings"
)

const (
	maxMediaTypeChars = 127

	// RFC 9110, 5.6.2 to 5.6.6, without obs-text: a header byte above 0x7E has no agreed encoding, so it cannot be kept as text.
	mediaToken  = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
	mediaQuoted = `"(?:[\t !#-\[\]-~]|\\[\t -~])*"`
	mediaParam  = `[ \t]*;[ \t]*` + mediaToken + `=(?:` + mediaToken + `|` + mediaQuoted + `)`
)

var mediaTypePattern = regexp.MustCompile(`^(` + mediaToken + `/` + mediaToken + `)(?:` + mediaParam + `)*$`)

// contentType gives the request's only Content-Type verbatim, and its type/subtype alone.
func contentType(header http.Header) (verbatim, mediaType string, ok bool) {
	values := header["Content-Type"]
	if len(values) != 1 {
		return "", "", false
	}
	match := mediaTypePattern.FindStringSubmatch(values[0])
	if match == nil {
		return "", "", false
	}
	return values[0], match[1], true
}

func isJSON(header http.Header) bool {
	_, mediaType, ok := contentType(header)
	return ok && strings.EqualFold(mediaType, "application/json")
}
