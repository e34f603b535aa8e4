package main

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxFileNameBytes = 255

// isFileName refuses control characters: U+0000 to U+001F and U+007F to U+009F.
func isFileName(name string) bool {
	return name != "" && len(name) <= maxFileNameBytes && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}
