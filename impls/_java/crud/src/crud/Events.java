package crud;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;

/** The open event streams. A stream is a thread with a bell; what there is to send, it asks the database. */
final class Events {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** How often a stream looks whether its client is still there, and tries a lost database again. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** The event that an aggregation of the user has ended. Ids count from 1 for each user. */
  private record Event(long id, Map<String, Object> data) {
    String text() {
      var json = new String(Json.write(data), StandardCharsets.UTF_8);
      return "id: " + id + "\nevent: aggregation\ndata: " + json + "\n\n";
    }
  }

  private final Database db;
  private final Accounts accounts;
  private final int limit;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<UUID, List<Bell>> bells = new HashMap<>();
  private int openCount;
  private volatile boolean isClosed;

  Events(Database db, Accounts accounts, int limit) {
    this.db = db;
    this.accounts = accounts;
    this.limit = limit;
  }

  private Bell enter(UUID userId) throws Problem {
    lock.lock();
    try {
      if (isClosed || openCount == limit) {
        throw Problem.noMoreStreams();
      }
      openCount++;
      var bell = new Bell();
      bells.computeIfAbsent(userId, unused -> new ArrayList<>()).add(bell);
      return bell;
    } finally {
      lock.unlock();
    }
  }

  private void leave(UUID userId, Bell bell) {
    lock.lock();
    try {
      openCount--;
      var left = bells.get(userId);
      left.remove(bell);
      if (left.isEmpty()) {
        bells.remove(userId);
      }
    } finally {
      lock.unlock();
    }
  }

  void wakeUser(UUID userId) {
    lock.lock();
    try {
      bells.getOrDefault(userId, List.of()).forEach(Bell::ring);
    } finally {
      lock.unlock();
    }
  }

  void wakeAll() {
    lock.lock();
    try {
      bells.values().forEach(ofUser -> ofUser.forEach(Bell::ring));
    } finally {
      lock.unlock();
    }
  }

  /** Ends all streams and lets no more in. */
  void close() {
    isClosed = true;
    wakeAll();
  }

  void open(Exchange exchange, Session session) throws Problem, InterruptedException {
    var resumedAfter = lastEventId(exchange.header("Last-Event-ID"));
    // Entering before the first look at the database leaves no moment in which an event could be missed.
    var bell = enter(session.userId());
    try {
      var stream = new Stream(exchange, session, bell);
      var missed = stream.start(resumedAfter);
      stream.serve(missed);
    } finally {
      leave(session.userId(), bell);
    }
  }

  /** Null where it is not given. Digits beyond 64 bits name an id that no event reaches. */
  private static Long lastEventId(List<String> values) throws Problem {
    if (values.isEmpty()) {
      return null;
    }
    if (values.size() > 1 || !values.getFirst().matches("[0-9]+")) {
      throw Problem.invalid("Last-Event-ID must be the id of an event");
    }
    try {
      return Long.parseLong(values.getFirst());
    } catch (NumberFormatException beyond) {
      return Long.MAX_VALUE;
    }
  }

  private List<Event> eventsAfter(UUID userId, long after) {
    return db.rows(
        "SELECT id, aggregation_id, status, result_file_id, reason FROM events WHERE user_id = ? AND id > ? ORDER BY id",
        row ->
            new Event(
                row.getLong(1),
                Json.object(
                    "aggregationId", Database.uuid(row, 2),
                    "status", row.getString(3),
                    "resultFileId", Database.uuid(row, 4),
                    "reason", row.getString(5))),
        userId,
        after);
  }

  /** One open answer of GET /events. */
  private final class Stream {
    private final Exchange exchange;
    private final Session session;
    private final Bell bell;
    private final EndPoint connection;
    private final OutputStream out;
    private long lastId;

    Stream(Exchange exchange, Session session, Bell bell) {
      this.exchange = exchange;
      this.session = session;
      this.bell = bell;
      connection = exchange.request.getConnectionMetaData().getConnection().getEndPoint();
      out = Content.Sink.asOutputStream(exchange.response);
    }

    /** The events missed since Last-Event-ID; without it, only later ones are sent. */
    List<Event> start(Long resumedAfter) {
      if (resumedAfter != null) {
        lastId = resumedAfter;
        return eventsAfter(session.userId(), lastId);
      }
      lastId = db.row("SELECT last_event_id FROM users WHERE id = ?", row -> row.getLong(1), session.userId());
      return List.of();
    }

    /** Ends when the client leaves, the session ends or the service stops. */
    void serve(List<Event> missed) throws InterruptedException {
      var headers = exchange.response.getHeaders();
      headers.put(HttpHeader.CONTENT_TYPE, "text/event-stream");
      headers.put(HttpHeader.CACHE_CONTROL, "no-store");
      // Looking for the client's end reads from the connection, so no other request can follow on it.
      headers.put(HttpHeader.CONNECTION, "close");
      try {
        write(": open\n\n");
        send(missed);
        follow();
        out.close();
        exchange.callback.succeeded();
      } catch (IOException clientLeft) {
        exchange.callback.failed(clientLeft);
      }
    }

    private void follow() throws IOException, InterruptedException {
      var nextBeat = System.nanoTime() + HEARTBEAT.toNanos();
      var isBehind = false;
      while (!isClosed && !hasClientLeft()) {
        var isRung = bell.await(LOOK);
        if (isClosed) {
          return;
        }
        if (isRung || isBehind) {
          isBehind = !sendNew();
        }
        if (System.nanoTime() - nextBeat >= 0) {
          nextBeat += HEARTBEAT.toNanos();
          write(": still here\n\n");
          if (hasSessionEnded()) {
            return;
          }
        }
      }
    }

    private boolean hasClientLeft() throws IOException {
      return connection.fill(BufferUtil.allocate(64)) < 0;
    }

    /** A lost database ends no session. */
    private boolean hasSessionEnded() {
      try {
        return accounts.authenticate(session.tokenHash()) == null;
      } catch (Database.Lost lost) {
        return false;
      }
    }

    /** False where the database is lost: the notification will not come twice. */
    private boolean sendNew() throws IOException {
      try {
        send(eventsAfter(session.userId(), lastId));
        return true;
      } catch (Database.Lost lost) {
        return false;
      }
    }

    private void send(List<Event> events) throws IOException {
      if (events.isEmpty()) {
        return;
      }
      var text = new StringBuilder();
      events.forEach(event -> text.append(event.text()));
      write(text.toString());
      lastId = events.getLast().id;
    }

    private void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }
}
