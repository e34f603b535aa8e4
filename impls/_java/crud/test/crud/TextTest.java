package crud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TextTest {
  @Test
  void idsHaveOneTextForm() {
    var id = "0190a0b0-c0d0-7000-8000-00000000000F";
    assertEquals(id.toLowerCase(), Text.parseId(id).toString());
    for (var odd : List.of("", "0190a0b0c0d07000800000000000000f", "1-1-1-1-1", id + "0", id.replace('F', 'g'))) {
      assertNull(Text.parseId(odd), odd);
    }
  }

  @Test
  void namesHaveTheirCharactersAndLengths() {
    Map.of("ab", false, "a.b_c-9", true, "Abc", false, "a b", false, "abc\n", false)
        .forEach((name, want) -> assertEquals(want, Text.isUserName(name), name));
    Map.of("", false, "a/b", true, "a\u0085", false, "a\0", false, "ä".repeat(127), true, "ä".repeat(128), false)
        .forEach((name, want) -> assertEquals(want, Text.isFileName(name), name));
  }

  @Test
  void mediaTypesFollowTheirGrammar() throws Problem {
    for (var valid : List.of("text/plain", "a/b;c=d", "a/b ; c=\"d\\\"; e\" ;f=g")) {
      assertEquals(valid, Text.fileMediaType(List.of(valid)));
    }
    for (var odd : List.of("text", "text/", "a/b;", "a/b;c", "a/b; c = d", "a/b;c=\"d", "a/b, c/d", "a/\u00e4")) {
      assertEquals(415, assertThrows(Problem.class, () -> Text.fileMediaType(List.of(odd))).status, odd);
    }
    assertThrows(Problem.class, () -> Text.fileMediaType(List.of("a/b", "a/b")));
    assertEquals(true, Text.isJson(List.of("Application/JSON; charset=utf-8")));
  }

  @Test
  void tokensStandBehindTheirSchemeAndSpaces() throws Problem {
    assertEquals("a b", Text.bearerToken(List.of("bEARER   a b")));
    for (var odd : List.of("Bearer", "Bearer ", "Bearer\tabc", "Basic abc")) {
      assertThrows(Problem.class, () -> Text.bearerToken(List.of(odd)), odd);
    }
  }

  @Test
  void parametersAreUnescapedAndReadOnce() throws Problem {
    var query = Text.parseQuery("n%61me=a+b%C3%A4&other=1&other=2&empty", Set.of("name", "empty"));
    assertEquals(Map.of("name", "a bä", "empty", ""), query);
    for (var odd : List.of("name=a&name=a", "name=%", "name=%4", "x=%zz", "%ff=1", "x=%C3")) {
      assertThrows(Problem.class, () -> Text.parseQuery(odd, Set.of("name")), odd);
    }
  }

  @Test
  void timesAreInUtcWithMilliseconds() {
    assertEquals("2026-01-02T02:04:05.120Z", Text.time(OffsetDateTime.parse("2026-01-02T03:04:05.120+01:00")));
  }
}
