package main

import (
	"regexp"
	"strconv"

	"github.com/jackc/pgx/v5/pgtype"

	"paceline/impls/_go/program"
)

const (
	defaultPageFiles = 20
	maxPageFiles     = 100
)

var limitPattern = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)

// page is the part of a list that a client asks for.
type page struct {
	limit int
	after pgtype.UUID // the last id seen; null on the first page
}

func parsePage(rawQuery string) (page, error) {
	params, err := parseQuery(rawQuery, "limit", "after")
	if err != nil {
		return page{}, err
	}
	wanted := page{limit: defaultPageFiles}
	if limit, given := params["limit"]; given {
		count, err := strconv.Atoi(limit)
		if err != nil || !limitPattern.MatchString(limit) || count > maxPageFiles {
			return page{}, program.Invalid(`parameter "limit" must be a whole number from 1 to 100`)
		}
		wanted.limit = count
	}
	if after, given := params["after"]; given {
		id, ok := parseID(after)
		if !ok {
			return page{}, program.Invalid(`parameter "after" must be a UUID`)
		}
		wanted.after = id
	}
	return wanted, nil
}
