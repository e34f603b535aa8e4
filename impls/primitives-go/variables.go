package primitives

import "fmt"

const firstInteger = 1_000

// A record is what a program keeps of a thing: each field as the variables of its kind are.
type record struct {
	id    int
	score float64
	name  string
}

func integerAt(i int) int   { return firstInteger + i }
func floatAt(i int) float64 { return float64(i) + 0.5 }
func stringAt(i int) string { return fmt.Sprintf("item-%07d", i) }
func recordAt(i int) record { return record{integerAt(i), floatAt(i), stringAt(i)} }

// makeVariables fills the language's ordinary list.
func makeVariables[T any](count int, at func(i int) T) []T {
	variables := make([]T, count)
	for i := range variables {
		variables[i] = at(i)
	}
	return variables
}

// countRight is how many variables still are what they were made.
func countRight[T comparable](variables []T, at func(i int) T) int {
	count := 0
	for i, variable := range variables {
		if variable == at(i) {
			count++
		}
	}
	return count
}
