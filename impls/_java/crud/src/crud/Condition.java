package crud;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An If-Match or If-None-Match header (RFC 9110, 13.1). One that does not parse to its end is a condition without tags. */
record Condition(boolean isAny, List<Tag> tags) {
  record Tag(boolean isWeak, String opaque) {}

  private static final String ONE_TAG = "(W/)?\"([\\x21\\x23-\\x7e\\x80-\\uffff]*+)\"";
  private static final Pattern TAG = Pattern.compile(ONE_TAG);

  /** Commas, and tags that have a comma between them. */
  private static final Pattern LIST =
      Pattern.compile("[, \\t]*+(?:" + ONE_TAG + "[ \\t]*+(?:,[, \\t]*+|$))*+");

  /** Null where there is no such header. */
  static Condition of(List<String> values) {
    if (values.isEmpty()) {
      return null;
    }
    var text = String.join(",", values).strip();
    if (text.equals("*")) {
      return new Condition(true, List.of());
    }
    if (!LIST.matcher(text).matches()) {
      return new Condition(false, List.of());
    }
    var tags = TAG.matcher(text).results().map(found -> new Tag(found.group(1) != null, found.group(2)));
    return new Condition(false, tags.toList());
  }

  /** For If-None-Match. */
  boolean matchesWeakly(int version) {
    return isAny || tags.stream().anyMatch(tag -> tag.opaque.equals(Integer.toString(version)));
  }

  /** Those that If-Match names strongly, in the form that `etag` writes them ("01" is another tag than "1"). */
  Integer[] versions() {
    return tags.stream().filter(tag -> !tag.isWeak).flatMap(Condition::version).toArray(Integer[]::new);
  }

  private static Stream<Integer> version(Tag tag) {
    try {
      var version = Integer.parseInt(tag.opaque);
      return Integer.toString(version).equals(tag.opaque) ? Stream.of(version) : Stream.empty();
    } catch (NumberFormatException otherText) {
      return Stream.empty();
    }
  }

  static String etag(int version) {
    return "\"" + version + "\"";
  }
}
