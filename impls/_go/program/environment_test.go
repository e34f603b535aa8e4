package program

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestLaterMapsOverrideEarlierOnes(t *testing.T) {
	env := EnvironmentOf(map[string]string{"A": "1", "B": "1"}, map[string]string{"A": ""})
	if a, b, c := env.Text("A", "x"), env.Text("B", "x"), env.Text("C", "x"); a != "" || b != "1" || c != "x" {
		t.Errorf("got %q, %q, %q", a, b, c)
	}
}

func TestBadValuesAreErrorsThatNameTheVariable(t *testing.T) {
	for _, value := range []string{"", "-1", "10", "+1", "1 ", "1.5", "one", "99999999999999999999"} {
		_, err := EnvironmentOf(map[string]string{"N": value}).Number("N", "1", 0, 9)
		if want := `N must be a whole number from 0 to 9, not "` + value + `"`; err == nil || err.Error() != want {
			t.Errorf("%q: got %v", value, err)
		}
	}
	env := EnvironmentOf(map[string]string{"V": "no/such thing"})
	_, host := env.Host("V")
	_, level := env.LogLevel("V", "info")
	_, oneOf := env.OneOf("V", "a", "a", "b")
	_, required := env.Required("MISSING")
	for name, err := range map[string]error{"V must be the address": host, "V must be debug": level, "V must be a or b": oneOf, "MISSING is": required} {
		if err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("got %v, want %s...", err, name)
		}
	}
}

func TestFallbacksStandForVariablesThatAreNotSet(t *testing.T) {
	env := EnvironmentOf()
	number, err1 := env.Number("N", "9", 0, 9)
	level, err2 := env.LogLevel("L", "warn")
	oneOf, err3 := env.OneOf("O", "b", "a", "b")
	if err := errors.Join(err1, err2, err3); err != nil || number != 9 || level != slog.LevelWarn || oneOf != "b" {
		t.Errorf("got %d, %v, %s, %v", number, level, oneOf, err)
	}
}

func TestErrorsAreJoinedInOneLine(t *testing.T) {
	if err := OneLine(nil, nil); err != nil {
		t.Errorf("got %v", err)
	}
	if err := OneLine(errors.New("a"), nil, errors.New("b")); err == nil || err.Error() != "a; b" {
		t.Errorf("got %v", err)
	}
}
