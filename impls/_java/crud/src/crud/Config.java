package crud;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

/** What the environment asks for. */
record Config(
    String host,
    int port,
    DatabaseAddress database,
    int workers,
    int poolTotal,
    long cacheBytes,
    Duration sessionTtl,
    int maxEventStreams,
    Level logLevel) {

  record DatabaseAddress(String host, int port, String name, String user, String password) {}

  /** A value that makes no sense; its message is one line that names each variable. */
  static final class Invalid extends Exception {
    private static final long serialVersionUID = 1;

    Invalid(String message) {
      super(message);
    }
  }

  static Config read(Map<String, String> env) throws Invalid {
    var reader = new Reader(env);
    var config =
        new Config(
            reader.host("HOST"),
            (int) reader.number("PORT", "", 1, 65_535),
            reader.database("DATABASE_URL"),
            (int) reader.number("WORKERS", "1", 1, 4096),
            (int) reader.number("DB_POOL_TOTAL", "8", 1, 10_000),
            reader.number("FILE_CACHE_BYTES", "16777216", 0, Long.MAX_VALUE),
            Duration.ofSeconds(reader.number("SESSION_TTL_SECONDS", "3600", 1, Integer.MAX_VALUE)),
            (int) reader.number("MAX_EVENT_STREAMS", "64", 1, 1_000_000),
            reader.logLevel("LOG_LEVEL"));
    if (!reader.errors.isEmpty()) {
      throw new Invalid(String.join("; ", reader.errors));
    }
    return config;
  }

  private static final class Reader {
    private final Map<String, String> env;
    private final List<String> errors = new ArrayList<>();

    Reader(Map<String, String> env) {
      this.env = env;
    }

    String host(String name) {
      var host = env.getOrDefault(name, "");
      if (host.isEmpty() || host.contains("/") || host.contains(" ")) {
        errors.add("%s must be the address to listen on, not \"%s\"".formatted(name, host));
      }
      return host;
    }

    long number(String name, String fallback, long min, long max) {
      var text = env.getOrDefault(name, fallback);
      if (text.matches("[0-9]{1,19}")) {
        try {
          var number = Long.parseLong(text);
          if (number >= min && number <= max) {
            return number;
          }
        } catch (NumberFormatException tooLarge) {
          // An error like that of any other number outside of the limits.
        }
      }
      errors.add("%s must be a whole number from %d to %d, not \"%s\"".formatted(name, min, max, text));
      return min;
    }

    Level logLevel(String name) {
      var text = env.getOrDefault(name, "info");
      return switch (text) {
        case "debug" -> Level.FINE;
        case "info" -> Level.INFO;
        case "warn" -> Level.WARNING;
        case "error" -> Level.SEVERE;
        default -> {
          errors.add("%s must be debug, info, warn or error, not \"%s\"".formatted(name, text));
          yield Level.INFO;
        }
      };
    }

    /** The error never repeats the value: it holds a password. */
    DatabaseAddress database(String name) {
      var address = addressIn(env.getOrDefault(name, ""));
      if (address == null) {
        errors.add(name + " must have the form postgres://user:password@host:port/database");
      }
      return address;
    }

    private static DatabaseAddress addressIn(String text) {
      try {
        var uri = new URI(text);
        var isWhole =
            "postgres".equals(uri.getScheme())
                && uri.getHost() != null
                && uri.getRawUserInfo() != null
                && uri.getPort() <= 65_535
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        var path = isWhole ? uri.getPath() : "";
        var login = isWhole ? uri.getRawUserInfo().split(":", 2) : new String[] {""};
        if (path.length() < 2 || login[0].isEmpty()) {
          return null;
        }
        var port = uri.getPort() < 0 ? 5432 : uri.getPort();
        var password = login.length == 2 ? decode(login[1]) : "";
        return new DatabaseAddress(uri.getHost(), port, path.substring(1), decode(login[0]), password);
      } catch (URISyntaxException notAUri) {
        return null;
      }
    }

    private static String decode(String escaped) {
      return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }
}
