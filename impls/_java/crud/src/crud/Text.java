package crud;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** What ids, names, media types, queries and times look like. */
final class Text {
  private static final int MAX_FILE_NAME_BYTES = 255;
  private static final int MAX_MEDIA_TYPE_CHARS = 127;

  private static final Pattern ID =
      Pattern.compile("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");
  private static final Pattern USER_NAME = Pattern.compile("[a-z0-9._-]{3,64}");
  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]");

  // RFC 9110, 5.6.2 to 5.6.6, without obs-text: a header byte above 0x7E has no agreed encoding, so it cannot be kept as text.
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String QUOTED = "\"(?:[\\t !#-\\[\\]-~]|\\\\[\\t -~])*+\"";
  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          "(" + TOKEN + "/" + TOKEN + ")(?:[ \\t]*;[ \\t]*" + TOKEN + "=(?:" + TOKEN + "|" + QUOTED + "))*+");

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");

  private Text() {}

  /** Null where it is no UUID in its text form of 36 characters. */
  static UUID parseId(String text) {
    return ID.matcher(text).matches() ? UUID.fromString(text) : null;
  }

  static boolean isUserName(String name) {
    return USER_NAME.matcher(name).matches();
  }

  static boolean isFileName(String name) {
    return !name.isEmpty()
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_FILE_NAME_BYTES
        && !CONTROL.matcher(name).find();
  }

  /** The header of a raw body, verbatim. */
  static String fileMediaType(List<String> values) throws Problem {
    if (values.size() != 1
        || values.getFirst().length() > MAX_MEDIA_TYPE_CHARS
        || !MEDIA_TYPE.matcher(values.getFirst()).matches()) {
      throw Problem.unsupportedMediaType();
    }
    return values.getFirst();
  }

  static boolean isJson(List<String> values) {
    if (values.size() != 1) {
      return false;
    }
    var matcher = MEDIA_TYPE.matcher(values.getFirst());
    return matcher.matches() && matcher.group(1).equalsIgnoreCase("application/json");
  }

  /** Of the only `Authorization: Bearer token`, the scheme in any case. */
  static String bearerToken(List<String> values) throws Problem {
    var parts = values.size() == 1 ? values.getFirst().split(" +", 2) : new String[0];
    if (parts.length != 2 || !parts[0].equalsIgnoreCase("Bearer") || parts[1].isEmpty()) {
      throw Problem.unauthorized();
    }
    return parts[1];
  }

  /** The listed parameters that a request names. Percent-encoding that is wrong or not UTF-8 is refused in any. */
  static Map<String, String> parseQuery(String raw, Set<String> listed) throws Problem {
    var found = new HashMap<String, String>();
    for (var pair : (raw == null ? "" : raw).split("&")) {
      var parts = pair.split("=", 2);
      var name = unescape(parts[0]);
      var value = parts.length == 2 ? unescape(parts[1]) : "";
      if (listed.contains(name) && found.put(name, value) != null) {
        throw Problem.invalid("parameter \"" + name + "\" is given twice");
      }
    }
    return found;
  }

  private static String unescape(String raw) throws Problem {
    var bytes = ByteBuffer.allocate(raw.length());
    try {
      for (int i = 0; i < raw.length(); i++) {
        var character = raw.charAt(i);
        if (character == '%') {
          bytes.put((byte) HexFormat.fromHexDigits(raw, i + 1, i + 3));
          i += 2;
        } else {
          bytes.put((byte) (character == '+' ? ' ' : character));
        }
      }
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (IllegalArgumentException | IndexOutOfBoundsException | CharacterCodingException broken) {
      throw Problem.invalid("the query's percent-encoding is wrong or not UTF-8");
    }
  }

  static String time(OffsetDateTime time) {
    return time == null ? null : TIME.format(time.withOffsetSameInstant(ZoneOffset.UTC));
  }
}
