package main

import (
	"net/http"
	"slices"
	"testing"
)

func TestConditionsCompareStronglyAndWeakly(t *testing.T) {
	for text, want := range map[string]struct {
		weakly   bool
		versions []int32
	}{
		`"2"`:           {true, []int32{2}},
		`W/"2"`:         {true, []int32{}},
		`"1", "2"`:      {true, []int32{1, 2}},
		`,"1" ,, W/"2"`: {true, []int32{1}},
		`"1,2", "3"`:    {false, []int32{3}},
		`"02"`:          {false, []int32{}},
		`"2147483648"`:  {false, []int32{}},
		`2`:             {false, []int32{}},
		``:              {false, []int32{}},
		`,`:             {false, []int32{}},
		`"2`:            {false, []int32{}},
		`"2" "3"`:       {false, []int32{}},
		`"2", x`:        {false, []int32{}},
		`w/"2"`:         {false, []int32{}},
		`*, "2"`:        {false, []int32{}},
		`"2 "`:          {false, []int32{}},
	} {
		got, present := parseCondition(http.Header{"If-Match": {text}}, "If-Match")
		if !present || got.star || got.matchesWeakly(2) != want.weakly || !slices.Equal(got.versions(), want.versions) {
			t.Errorf("%s: got %+v, %t", text, got, present)
		}
	}
}

func TestConditionsMayBeAStarOrAbsentOrOnManyLines(t *testing.T) {
	if got, present := parseCondition(http.Header{"If-Match": {" * "}}, "If-Match"); !present || !got.star || !got.matchesWeakly(5) {
		t.Errorf("star: got %+v, %t", got, present)
	}
	if got, present := parseCondition(http.Header{}, "If-Match"); present || got.matchesWeakly(1) {
		t.Errorf("absent: got %+v, %t", got, present)
	}
	got, _ := parseCondition(http.Header{"If-Match": {`"1"`, `"2"`}}, "If-Match")
	if !slices.Equal(got.versions(), []int32{1, 2}) {
		t.Errorf("two lines: got %+v", got)
	}
}
