package crud;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.PGConnection;

/** What runs beside the requests: the work on the queue, one job at a time, and the connection that listens. */
final class Background {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(15);
  private static final Duration RETRY_WAIT = Duration.ofSeconds(1);
  private static final Duration RELISTEN_WAIT = Duration.ofMillis(250);

  /** How long a listening connection waits before it is asked whether it still lives. */
  private static final int PING_EVERY_MS = 15_000;

  private static final Logger LOG = Logger.getLogger("crud");

  private final Database db;
  private final Aggregations aggregations;
  private final Events events;
  private final Bell queue = new Bell();
  private final CountDownLatch worked = new CountDownLatch(1);
  private volatile boolean stops;

  Background(Database db, Aggregations aggregations, Events events) {
    this.db = db;
    this.aggregations = aggregations;
    this.events = events;
  }

  void start(Thread.Builder threads) {
    threads.start(this::work);
    threads.start(this::listen);
  }

  /** Waits for the job in hand. */
  void stop(Duration wait) throws InterruptedException {
    stops = true;
    queue.ring();
    worked.await(wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void work() {
    try {
      while (!stops) {
        queue.await(emptyQueue());
      }
    } catch (InterruptedException ended) {
      // Nobody waits for more.
    } finally {
      worked.countDown();
    }
  }

  /** Returns how long to wait before the next look without a notification. */
  private Duration emptyQueue() {
    try {
      while (!stops && aggregations.finishNext()) {
        // The next one.
      }
      return LOOK_EVERY;
    } catch (RuntimeException putOff) {
      LOG.log(Level.INFO, "aggregation put off: {0}", putOff.toString());
      return RETRY_WAIT;
    }
  }

  private void listen() {
    // Of the failures in a row only the first is news.
    var level = Level.WARNING;
    while (!stops) {
      try (var connection = connect()) {
        level = Level.WARNING;
        LOG.info("listening");
        // What was notified before is lost: look at everything anew.
        queue.ring();
        events.wakeAll();
        receive(connection);
      } catch (SQLException lost) {
        LOG.log(level, "database lost: {0}", lost.getMessage());
        level = Level.FINE;
        // What took this connection away has taken those of the pool with it, most likely.
        db.dropIdleConnections();
      }
      try {
        Thread.sleep(RELISTEN_WAIT);
      } catch (InterruptedException ended) {
        return;
      }
    }
  }

  private Connection connect() throws SQLException {
    var connection = db.connect();
    try (var statement = connection.createStatement()) {
      statement.execute("LISTEN aggregation_queued; LISTEN user_event");
    } catch (SQLException failed) {
      Database.close(connection);
      throw failed;
    }
    return connection;
  }

  private void receive(Connection connection) throws SQLException {
    var listening = connection.unwrap(PGConnection.class);
    while (!stops) {
      var notifications = listening.getNotifications(PING_EVERY_MS);
      if (notifications == null || notifications.length == 0) {
        try (var ping = connection.createStatement()) {
          ping.execute("");
        }
        continue;
      }
      for (var notification : notifications) {
        pass(notification.getName(), notification.getParameter());
      }
    }
  }

  private void pass(String channel, String payload) {
    if (channel.equals("aggregation_queued")) {
      queue.ring();
      return;
    }
    var userId = Text.parseId(payload);
    if (userId != null) {
      events.wakeUser(userId);
    }
  }
}
