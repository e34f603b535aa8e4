package main

import (
	"net/http"
	"strconv"
	"strings"
)

// etag is the strong entity tag of a file's version.
func etag(version int32) string {
	return `"` + strconv.Itoa(int(version)) + `"`
}

// condition is an If-Match or If-None-Match header (RFC 9110, 13.1). One that does not parse is a condition without tags.
type condition struct {
	star bool // matches any version
	tags []entityTag
}

type entityTag struct {
	weak   bool
	opaque string // between the quotes
}

func parseCondition(header http.Header, name string) (c condition, present bool) {
	values, present := header[name]
	rest := strings.Trim(strings.Join(values, ","), " \t")
	if rest == "*" {
		return condition{star: true}, true
	}
	for rest != "" {
		tag, after, ok := cutEntityTag(rest)
		if !ok {
			return condition{}, present
		}
		c.tags = append(c.tags, tag)
		rest = after
	}
	return c, present
}

// cutEntityTag takes the first tag off a list and the comma behind it. An empty element is skipped (RFC 9110, 5.6.1.2).
func cutEntityTag(list string) (tag entityTag, rest string, ok bool) {
	list = strings.TrimLeft(list, ", \t")
	list, tag.weak = strings.CutPrefix(list, "W/")
	list, quoted := strings.CutPrefix(list, `"`)
	opaque, rest, closed := strings.Cut(list, `"`)
	if !quoted || !closed || strings.ContainsFunc(opaque, notEntityTagChar) {
		return entityTag{}, "", false
	}
	tag.opaque = opaque
	rest = strings.TrimLeft(rest, " \t")
	if rest != "" && rest[0] != ',' {
		return entityTag{}, "", false
	}
	return tag, strings.TrimLeft(rest, ", \t"), true
}

func notEntityTagChar(char rune) bool { return char <= ' ' || char == 0x7F }

// matchesWeakly is for If-None-Match.
func (c condition) matchesWeakly(version int32) bool {
	opaque := strconv.Itoa(int(version))
	for _, tag := range c.tags {
		if tag.opaque == opaque {
			return true
		}
	}
	return c.star
}

// versions are those that If-Match names strongly, in the form etag writes them ("01" is another tag than "1").
func (c condition) versions() []int32 {
	versions := []int32{}
	for _, tag := range c.tags {
		version, err := strconv.ParseInt(tag.opaque, 10, 32)
		if err == nil && !tag.weak && strconv.FormatInt(version, 10) == tag.opaque {
			versions = append(versions, int32(version))
		}
	}
	return versions
}
