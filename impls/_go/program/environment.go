// Package program is what the services written in Go have in common: settings, problem documents, answers and the server.
package program

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
)

// Environment looks up a variable, as os.LookupEnv does. The errors of its methods name the variable.
type Environment func(name string) (value string, set bool)

// EnvironmentOf makes an environment for tests. Later maps override earlier ones.
func EnvironmentOf(maps ...map[string]string) Environment {
	return func(name string) (string, bool) {
		for _, values := range slices.Backward(maps) {
			if value, set := values[name]; set {
				return value, true
			}
		}
		return "", false
	}
}

// Text returns the fallback where the variable is not set.
func (env Environment) Text(name, fallback string) string {
	if value, set := env(name); set {
		return value
	}
	return fallback
}

// Required takes any value but the empty one.
func (env Environment) Required(name string) (string, error) {
	value := env.Text(name, "")
	if value == "" {
		return "", fmt.Errorf("%s is missing", name)
	}
	return value, nil
}

// Host reads the address to listen on.
func (env Environment) Host(name string) (string, error) {
	host := env.Text(name, "")
	if host == "" || strings.ContainsAny(host, "/ ") {
		return "", fmt.Errorf("%s must be the address to listen on, not %q", name, host)
	}
	return host, nil
}

// Number reads a whole number within these limits.
func (env Environment) Number(name, fallback string, min, max int64) (int64, error) {
	text := env.Text(name, fallback)
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < min || number > max || strings.HasPrefix(text, "+") {
		return 0, fmt.Errorf("%s must be a whole number from %d to %d, not %q", name, min, max, text)
	}
	return number, nil
}

// OneOf takes exactly these values.
func (env Environment) OneOf(name, fallback string, values ...string) (string, error) {
	text := env.Text(name, fallback)
	if !slices.Contains(values, text) {
		return "", fmt.Errorf("%s must be %s, not %q", name, strings.Join(values, " or "), text)
	}
	return text, nil
}

// LogLevel takes the four levels of the contracts.
func (env Environment) LogLevel(name, fallback string) (slog.Level, error) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	text := env.Text(name, fallback)
	level, known := levels[text]
	if !known {
		return 0, fmt.Errorf("%s must be debug, info, warn or error, not %q", name, text)
	}
	return level, nil
}

// OneLine joins the errors that are not nil in one line. It returns nil if there are none.
func OneLine(errs ...error) error {
	var lines []string
	for _, err := range errs {
		if err != nil {
			lines = append(lines, err.Error())
		}
	}
	if lines == nil {
		return nil
	}
	return errors.New(strings.Join(lines, "; "))
}
