package crud;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;

/** The routes of files. */
final class Files {
  private static final String COLUMNS = "id, name, content_type, size_bytes, version, created_at, updated_at";
  private static final String UPDATE =
      "UPDATE files SET body = ?, size_bytes = ?, content_type = ?, version = version + 1, updated_at = now()"
          + " WHERE id = ? AND user_id = ?";
  private static final int DEFAULT_PAGE_FILES = 20;
  private static final int MAX_PAGE_FILES = 100;

  /** A file without its bytes. */
  private record FileRow(
      UUID id, String name, String contentType, int sizeBytes, int version, String createdAt, String updatedAt) {
    static FileRow of(ResultSet row) throws SQLException {
      return new FileRow(
          Database.uuid(row, 1),
          row.getString(2),
          row.getString(3),
          row.getInt(4),
          row.getInt(5),
          Database.time(row, 6),
          Database.time(row, 7));
    }

    Map<String, Object> document() {
      return Json.object(
          "id", id,
          "name", name,
          "contentType", contentType,
          "sizeBytes", sizeBytes,
          "version", version,
          "createdAt", createdAt,
          "updatedAt", updatedAt);
    }
  }

  /** A version of a file; its body is null until it is asked for. */
  private record Content(int version, String contentType, byte[] body) {}

  private final Database db;
  private final Cache cache;

  Files(Database db, Cache cache) {
    this.db = db;
    this.cache = cache;
  }

  void create(Exchange exchange, Session session) throws Problem {
    var mediaType = Text.fileMediaType(exchange.header(HttpHeader.CONTENT_TYPE));
    var body = exchange.readFile();
    var name = exchange.query("name").getOrDefault("name", "");
    if (!Text.isFileName(name)) {
      throw Problem.invalid("parameter \"name\" must have 1 to 255 bytes and no control characters");
    }
    var file =
        db.row(
            "INSERT INTO files (user_id, name, content_type, size_bytes, body) VALUES (?, ?, ?, ?, ?) RETURNING "
                + COLUMNS,
            FileRow::of,
            session.userId(),
            name,
            mediaType,
            body.length,
            body);
    exchange.response.getHeaders().put(HttpHeader.LOCATION, "/files/" + file.id);
    answer(exchange, 201, file);
  }

  private static void answer(Exchange exchange, int status, FileRow file) {
    exchange.response.getHeaders().put(HttpHeader.ETAG, Condition.etag(file.version));
    exchange.answerJson(status, file.document());
  }

  void list(Exchange exchange, Session session) throws Problem {
    var query = exchange.query("limit", "after");
    var limit = limitIn(query);
    // One row more than asked for shows whether there is a next page.
    var files = list(session.userId(), limit + 1, afterIn(query));
    if (files.size() > limit) {
      files = files.subList(0, limit);
      var link = "</files?limit=%d&after=%s>; rel=\"next\"".formatted(limit, files.getLast().id);
      exchange.response.getHeaders().put(HttpHeader.LINK, link);
    }
    exchange.answerJson(200, Json.object("files", files.stream().map(FileRow::document).toList()));
  }

  private static int limitIn(Map<String, String> query) throws Problem {
    var text = query.get("limit");
    if (text == null) {
      return DEFAULT_PAGE_FILES;
    }
    if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MAX_PAGE_FILES) {
      throw Problem.invalid("parameter \"limit\" must be a whole number from 1 to 100");
    }
    return Integer.parseInt(text);
  }

  private static UUID afterIn(Map<String, String> query) throws Problem {
    var text = query.get("after");
    var id = text == null ? null : Text.parseId(text);
    if (text != null && id == null) {
      throw Problem.invalid("parameter \"after\" must be a UUID");
    }
    return id;
  }

  /** The newest files, or those older than `after`. */
  private List<FileRow> list(UUID userId, int count, UUID after) {
    if (after == null) {
      return db.rows(
          "SELECT " + COLUMNS + " FROM files WHERE user_id = ? ORDER BY id DESC LIMIT ?", FileRow::of, userId, count);
    }
    return db.rows(
        "SELECT " + COLUMNS + " FROM files WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        FileRow::of,
        userId,
        after,
        count);
  }

  void read(Exchange exchange, Session session) throws Problem {
    var file =
        found(
            db.row(
                "SELECT " + COLUMNS + " FROM files WHERE id = ? AND user_id = ?",
                FileRow::of,
                exchange.id(),
                session.userId()));
    if (!answeredNotModified(exchange, file.version)) {
      answer(exchange, 200, file);
    }
  }

  private static <T> T found(T row) throws Problem {
    if (row == null) {
      throw Problem.notFound();
    }
    return row;
  }

  /** 304 when If-None-Match names this version. */
  private static boolean answeredNotModified(Exchange exchange, int version) {
    var known = Condition.of(exchange.header(HttpHeader.IF_NONE_MATCH));
    if (known == null || !known.matchesWeakly(version)) {
      return false;
    }
    exchange.response.getHeaders().put(HttpHeader.ETAG, Condition.etag(version));
    exchange.answerEmpty(304);
    return true;
  }

  /** Asks for the version first: the cache is only as good as what the database says now. */
  void content(Exchange exchange, Session session) throws Problem {
    var id = exchange.id();
    var head =
        found(
            db.row(
                "SELECT version, content_type FROM files WHERE id = ? AND user_id = ?",
                row -> new Content(row.getInt(1), row.getString(2), null),
                id,
                session.userId()));
    if (answeredNotModified(exchange, head.version)) {
      return;
    }
    var cached = cache.get(id, head.version);
    if (cached != null) {
      answerContent(exchange, "hit", new Content(head.version, head.contentType, cached));
      return;
    }
    var content =
        found(
            db.row(
                "SELECT version, content_type, body FROM files WHERE id = ? AND user_id = ?",
                row -> new Content(row.getInt(1), row.getString(2), row.getBytes(3)),
                id,
                session.userId()));
    cache.put(id, content.version, content.body);
    answerContent(exchange, "miss", content);
  }

  private static void answerContent(Exchange exchange, String outcome, Content content) {
    exchange.response.getHeaders().put("X-Cache", outcome);
    exchange.response.getHeaders().put(HttpHeader.ETAG, Condition.etag(content.version));
    exchange.answer(200, content.contentType, content.body);
  }

  void replace(Exchange exchange, Session session) throws Problem {
    var mediaType = Text.fileMediaType(exchange.header(HttpHeader.CONTENT_TYPE));
    var body = exchange.readFile();
    var id = exchange.id();
    var condition = Condition.of(exchange.header(HttpHeader.IF_MATCH));
    if (condition == null) {
      throw refusal(id, session, Problem.preconditionRequired());
    }
    var file = replace(id, session.userId(), condition, mediaType, body);
    if (file == null) {
      throw refusal(id, session, Problem.preconditionFailed());
    }
    cache.drop(id);
    answer(exchange, 200, file);
  }

  /** Null when the file is not there or its version fails the condition. */
  private FileRow replace(UUID id, UUID userId, Condition condition, String mediaType, byte[] body) {
    if (condition.isAny()) {
      return db.row(UPDATE + " RETURNING " + COLUMNS, FileRow::of, body, body.length, mediaType, id, userId);
    }
    return db.row(
        UPDATE + " AND version = ANY(?::int[]) RETURNING " + COLUMNS,
        FileRow::of,
        body,
        body.length,
        mediaType,
        id,
        userId,
        condition.versions());
  }

  /** The reason given, or 404 if there is no such file. */
  private Problem refusal(UUID id, Session session, Problem reason) {
    var version =
        db.row(
            "SELECT version FROM files WHERE id = ? AND user_id = ?", row -> row.getInt(1), id, session.userId());
    return version == null ? Problem.notFound() : reason;
  }

  void delete(Exchange exchange, Session session) throws Problem {
    var id = exchange.id();
    if (db.update("DELETE FROM files WHERE id = ? AND user_id = ?", id, session.userId()) == 0) {
      throw Problem.notFound();
    }
    cache.drop(id);
    exchange.answerEmpty(204);
  }
}
