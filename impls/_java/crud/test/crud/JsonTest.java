package crud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class JsonTest {
  private static Map<String, Object> parse(String text, String... keys) throws Problem {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8), Set.of(keys));
  }

  private static int refusal(String text) {
    return assertThrows(Problem.class, () -> parse(text, "name", "password"), text).status;
  }

  @Test
  void anObjectHasExactlyTheKeys() throws Problem {
    parse(" {\"name\":1e999,\"password\":null} ", "name", "password");
    parse("{\"n\\u0061me\":\"a\",\"password\":\"b\"}", "name", "password");
    parse("{\"name\":" + "[".repeat(9000) + "]".repeat(9000) + "}", "name");
    for (var odd : List.of("{\"name\":\"a\"}", "{\"name\":1,\"password\":2,\"x\":3}", "[]", "7", "null", "{\"Name\":1,\"password\":2}")) {
      assertEquals(422, refusal(odd), odd);
    }
    for (var odd : List.of("", " ", "{\"name\":NaN,\"password\":1}", "{}}", "{\"name\":01}", "\ufeff{}", "{\"name\":'a'}", "[1,]")) {
      assertEquals(400, refusal(odd), odd);
    }
    var notUtf8 = new byte[] {'"', (byte) 0xFF, '"'};
    assertEquals(400, assertThrows(Problem.class, () -> Json.parseObject(notUtf8, Set.of())).status);
  }

  @Test
  void stringsCountCodePointsAndTheLastOfTwoCounts() throws Problem {
    var fields = parse("{\"name\":\"x\",\"name\":\"\\ud83d\\ud83d\\ude00\\u00e9\"}", "name");
    assertEquals("\ufffd\ud83d\ude00é", Json.text(fields, "name", 3, 3));
    assertThrows(Problem.class, () -> Json.text(fields, "name", 4, 9));
    assertThrows(Problem.class, () -> Json.text(parse("{\"name\":5}", "name"), "name", 1, 9));
  }

  @Test
  void idsAreAnArrayOfUuids() throws Problem {
    var id = "\"0190a0b0-c0d0-7000-8000-00000000000f\"";
    assertEquals(2, Json.ids(parse("{\"ids\":[" + id + "," + id + "]}", "ids"), "ids", 2).size());
    for (var odd : List.of("[]", "{}", "null", "[1]", "[[" + id + "]]", id, "[" + id + "," + id + "," + id + "]")) {
      assertThrows(Problem.class, () -> Json.ids(parse("{\"ids\":" + odd + "}", "ids"), "ids", 2), odd);
    }
  }

  @Test
  void valuesAreWrittenInOrder() {
    var written = Json.write(Json.object("b", 1, "a", List.of("x\"", 2L), "c", null));
    assertEquals("{\"b\":1,\"a\":[\"x\\\"\",2],\"c\":null}", new String(written, StandardCharsets.UTF_8));
  }
}
