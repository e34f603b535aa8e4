package crud;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;

/** The routes of aggregations, and the work on their queue. */
final class Aggregations {
  private static final int MAX_FILES = 64;

  private record Size(UUID id, int bytes) {}

  private record Job(UUID id, UUID userId, List<UUID> fileIds) {}

  private record Body(UUID id, byte[] bytes) {}

  /** How a job ended: with a file, or with a reason. */
  private record Outcome(String status, UUID resultFileId, String reason) {}

  private final Database db;

  Aggregations(Database db) {
    this.db = db;
  }

  void accept(Exchange exchange, Session session) throws Problem {
    var ids = Json.ids(exchange.readObject("fileIds"), "fileIds", MAX_FILES);
    checkVectors(ids, sizes(session.userId(), ids));
    var queued =
        db.row(
            "WITH job AS (INSERT INTO aggregations (user_id, file_ids) VALUES (?, ?) RETURNING id, status, created_at)"
                + " SELECT id, status, created_at, pg_notify('aggregation_queued', id::text) FROM job",
            row ->
                Json.object(
                    "id", Database.uuid(row, 1), "status", row.getString(2), "createdAt", Database.time(row, 3)),
            session.userId(),
            ids);
    exchange.response.getHeaders().put(HttpHeader.LOCATION, "/aggregations/" + queued.get("id"));
    exchange.answerJson(202, queued);
  }

  private Map<UUID, Integer> sizes(UUID userId, List<UUID> ids) {
    var found =
        db.rows(
            "SELECT id, size_bytes FROM files WHERE user_id = ? AND id = ANY(?::uuid[])",
            row -> new Size(Database.uuid(row, 1), row.getInt(2)),
            userId,
            ids);
    var sizes = new HashMap<UUID, Integer>();
    found.forEach(size -> sizes.put(size.id, size.bytes));
    return sizes;
  }

  /** Files that are not there are refused before files that are no vectors of one length. */
  private static void checkVectors(List<UUID> ids, Map<UUID, Integer> sizes) throws Problem {
    if (!sizes.keySet().containsAll(ids)) {
      throw Problem.notFound();
    }
    if (!areVectors(ids.stream().mapToInt(sizes::get).toArray())) {
      throw Problem.invalid("the files must have one length, a multiple of 4 and not 0");
    }
  }

  /** Whether bodies of these sizes are float32 vectors of one length. */
  static boolean areVectors(int[] sizes) {
    return Arrays.stream(sizes).allMatch(size -> size > 0 && size % Float.BYTES == 0 && size == sizes[0]);
  }

  void read(Exchange exchange, Session session) throws Problem {
    var aggregation =
        db.row(
            "SELECT id, status, result_file_id, reason, created_at, finished_at FROM aggregations"
                + " WHERE id = ? AND user_id = ?",
            row ->
                Json.object(
                    "id", Database.uuid(row, 1),
                    "status", row.getString(2),
                    "resultFileId", Database.uuid(row, 3),
                    "reason", row.getString(4),
                    "createdAt", Database.time(row, 5),
                    "finishedAt", Database.time(row, 6)),
            exchange.id(),
            session.userId());
    if (aggregation == null) {
      throw Problem.notFound();
    }
    exchange.answerJson(200, aggregation);
  }

  /**
   * Does the oldest pending job that no other process works on, if there is one. Its claim and its end are one transaction: should this
   * process die, the claim dies with it.
   */
  boolean finishNext() {
    return db.use(
        connection -> {
          connection.setAutoCommit(false);
          var job = claim(connection);
          if (job != null) {
            finish(connection, job);
          }
          connection.commit();
          connection.setAutoCommit(true);
          return job != null;
        });
  }

  private static Job claim(Connection connection) throws SQLException {
    return Database.row(
        connection,
        "SELECT id, user_id, file_ids FROM aggregations WHERE status = 'pending'"
            + " ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1",
        row -> new Job(Database.uuid(row, 1), Database.uuid(row, 2), List.of((UUID[]) row.getArray(3).getArray())));
  }

  private static void finish(Connection connection, Job job) throws SQLException {
    var bodies =
        Database.rows(
            connection,
            "SELECT id, body FROM files WHERE user_id = ? AND id = ANY(?::uuid[])",
            row -> new Body(Database.uuid(row, 1), row.getBytes(2)),
            job.userId,
            job.fileIds);
    var byId = new HashMap<UUID, byte[]>();
    bodies.forEach(body -> byId.put(body.id, body.bytes));
    record(connection, job, conclude(connection, job, byId));
  }

  private static Outcome conclude(Connection connection, Job job, Map<UUID, byte[]> bodies) throws SQLException {
    if (!bodies.keySet().containsAll(job.fileIds)) {
      return new Outcome("failed", null, "file-gone");
    }
    var vectors = new ArrayList<byte[]>();
    job.fileIds.forEach(id -> vectors.add(bodies.get(id)));
    if (!areVectors(vectors.stream().mapToInt(vector -> vector.length).toArray())) {
      return new Outcome("failed", null, "length-changed");
    }
    var result = mean(vectors);
    var resultFileId =
        Database.row(
            connection,
            "INSERT INTO files (user_id, name, content_type, size_bytes, body) VALUES (?, ?, ?, ?, ?) RETURNING id",
            row -> Database.uuid(row, 1),
            job.userId,
            "aggregation-" + job.id,
            "application/octet-stream",
            result.length,
            result);
    return new Outcome("ready", resultFileId, null);
  }

  /**
   * Adds little-endian float32 vectors of one length position by position in float64, in the order given, divides by their count and
   * rounds to float32: byte-identical in every language.
   */
  static byte[] mean(List<byte[]> vectors) {
    var sums = new double[vectors.getFirst().length / Float.BYTES];
    for (var vector : vectors) {
      var values = ByteBuffer.wrap(vector).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += values.get(i);
      }
    }
    var result = ByteBuffer.allocate(sums.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (var sum : sums) {
      result.putFloat((float) (sum / vectors.size()));
    }
    return result.array();
  }

  /**
   * Finishes the job and notifies its user by an event. The counter is raised in this transaction, which holds the user's row until it
   * commits: numbers from a sequence could become visible out of order.
   */
  private static void record(Connection connection, Job job, Outcome outcome) throws SQLException {
    Database.update(
        connection,
        "UPDATE aggregations SET status = ?, result_file_id = ?, reason = ?, finished_at = now() WHERE id = ?",
        outcome.status,
        outcome.resultFileId,
        outcome.reason,
        job.id);
    var eventId =
        Database.row(
            connection,
            "UPDATE users SET last_event_id = last_event_id + 1 WHERE id = ? RETURNING last_event_id",
            row -> row.getLong(1),
            job.userId);
    Database.update(
        connection,
        "INSERT INTO events (user_id, id, aggregation_id, status, result_file_id, reason) VALUES (?, ?, ?, ?, ?, ?)",
        job.userId,
        eventId,
        job.id,
        outcome.status,
        outcome.resultFileId,
        outcome.reason);
    Database.row(connection, "SELECT pg_notify('user_event', ?)", row -> true, job.userId.toString());
  }
}
