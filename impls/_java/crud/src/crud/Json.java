package crud;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads the objects that clients send, and writes what they get. */
final class Json {
  /** The body's own limit bounds what can be nested and how long a number can be. */
  private static final StreamReadConstraints UNBOUNDED =
      StreamReadConstraints.builder()
          .maxNestingDepth(Integer.MAX_VALUE)
          .maxNumberLength(Integer.MAX_VALUE)
          .maxNameLength(Integer.MAX_VALUE)
          .build();

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(UNBOUNDED)
          // Names of clients are no fixed vocabulary: they are not to be kept.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private Json() {}

  /** An object with exactly these keys; of two equal ones the last counts. A value is a String, a List of those, or else NOTHING. */
  static Map<String, Object> parseObject(byte[] body, Set<String> keys) throws Problem {
    Map<String, Object> fields;
    boolean isObject;
    try (var parser = FACTORY.createParser(textOf(body))) {
      isObject = parser.nextToken() == JsonToken.START_OBJECT;
      fields = isObject ? readFields(parser) : skipped(parser);
      if (parser.nextToken() != null) {
        throw Problem.malformedJson();
      }
    } catch (IOException malformed) {
      throw Problem.malformedJson();
    }
    if (!isObject) {
      throw Problem.invalid("the body must be a JSON object");
    }
    if (!keys.containsAll(fields.keySet())) {
      throw Problem.invalid("the body has a key that does not belong here");
    }
    for (var key : keys) {
      if (!fields.containsKey(key)) {
        throw Problem.invalid("\"" + key + "\" is missing");
      }
    }
    return fields;
  }

  private static String textOf(byte[] body) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
  }

  private static Map<String, Object> skipped(JsonParser parser) throws IOException, Problem {
    if (parser.currentToken() == null) {
      throw Problem.malformedJson();
    }
    parser.skipChildren();
    return Map.of();
  }

  /** What is neither a string nor an array: no key of the contract takes it. */
  static final Object NOTHING = new Object();

  private static Map<String, Object> readFields(JsonParser parser) throws IOException {
    var fields = new HashMap<String, Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var key = parser.currentName();
      fields.put(key, readValue(parser, parser.nextToken()));
    }
    return fields;
  }

  private static Object readValue(JsonParser parser, JsonToken token) throws IOException {
    switch (token) {
      case VALUE_STRING:
        return parser.getText();
      case START_ARRAY:
        return readItems(parser);
      case null, default:
        parser.skipChildren();
        return NOTHING;
    }
  }

  private static List<Object> readItems(JsonParser parser) throws IOException {
    var items = new ArrayList<Object>();
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      items.add(token == JsonToken.VALUE_STRING ? parser.getText() : NOTHING);
      parser.skipChildren();
    }
    return items;
  }

  /** A string of so many code points. */
  static String text(Map<String, Object> fields, String key, int min, int max) throws Problem {
    if (!(fields.get(key) instanceof String text)) {
      throw Problem.invalid("\"" + key + "\" must be a string");
    }
    var count = text.codePointCount(0, text.length());
    if (count < min || count > max) {
      throw Problem.invalid("\"%s\" must have %d to %d characters".formatted(key, min, max));
    }
    return HALF_PAIR.matcher(text).replaceAll("\ufffd");
  }

  /** Half a surrogate pair has no form in UTF-8. */
  private static final Pattern HALF_PAIR = Pattern.compile("\\p{Cs}");

  /** An array of 1 to max UUIDs. */
  static List<UUID> ids(Map<String, Object> fields, String key, int max) throws Problem {
    if (!(fields.get(key) instanceof List<?> items) || items.isEmpty() || items.size() > max) {
      throw Problem.invalid("\"%s\" must be an array of 1 to %d ids".formatted(key, max));
    }
    var ids = new ArrayList<UUID>(items.size());
    for (var item : items) {
      var id = item instanceof String text ? Text.parseId(text) : null;
      if (id == null) {
        throw Problem.invalid("each of \"" + key + "\" must be a UUID");
      }
      ids.add(id);
    }
    return ids;
  }

  /** A map in the order given, of keys and values by turns. */
  static Map<String, Object> object(Object... keysAndValues) {
    var fields = new LinkedHashMap<String, Object>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      fields.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return fields;
  }

  /** Writes maps, lists, numbers, null, and all else as text. */
  static byte[] write(Object value) {
    var bytes = new ByteArrayOutputStream(256);
    try (var generator = FACTORY.createGenerator(bytes)) {
      write(generator, value);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator generator, Object value) throws IOException {
    switch (value) {
      case null -> generator.writeNull();
      case Integer number -> generator.writeNumber(number);
      case Long number -> generator.writeNumber(number);
      case Map<?, ?> fields -> {
        generator.writeStartObject();
        for (var field : fields.entrySet()) {
          generator.writeFieldName((String) field.getKey());
          write(generator, field.getValue());
        }
        generator.writeEndObject();
      }
      case List<?> items -> {
        generator.writeStartArray();
        for (var item : items) {
          write(generator, item);
        }
        generator.writeEndArray();
      }
      default -> generator.writeString(value.toString());
    }
  }
}
