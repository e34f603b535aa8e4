package crud;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Finds the handler of a request, and answers with a problem where it throws one. */
final class Service extends Handler.Abstract {
  /** Keeps the answer of /health within its second. */
  private static final int HEALTH_MS = 800;

  private static final Logger LOG = Logger.getLogger("crud");

  private interface Route {
    void answer(Exchange exchange) throws Problem, InterruptedException;
  }

  private interface UsersRoute {
    void answer(Exchange exchange, Session session) throws Problem, InterruptedException;
  }

  private final Database db;
  private final Accounts accounts;
  private final ExecutorService threads;
  private final Map<String, Map<String, Route>> byPath;
  private final AtomicInteger inFlightCount = new AtomicInteger();

  Service(
      Database db,
      Accounts accounts,
      Files files,
      Aggregations aggregations,
      Events events,
      ExecutorService threads) {
    this.db = db;
    this.accounts = accounts;
    this.threads = threads;
    byPath =
        Map.ofEntries(
            Map.entry("/health", Map.of("GET", this::health)),
            Map.entry("/users", Map.of("POST", accounts::signUp)),
            Map.entry("/users/me", Map.of("GET", users(accounts::me))),
            Map.entry("/sessions", Map.of("POST", accounts::logIn)),
            Map.entry("/sessions/current", Map.of("DELETE", users(accounts::logOut))),
            Map.entry("/files", Map.of("GET", users(files::list), "POST", users(files::create))),
            Map.entry(
                "/files/{id}",
                Map.of("GET", users(files::read), "PUT", users(files::replace), "DELETE", users(files::delete))),
            Map.entry("/files/{id}/content", Map.of("GET", users(files::content))),
            Map.entry("/aggregations", Map.of("POST", users(aggregations::accept))),
            Map.entry("/aggregations/{id}", Map.of("GET", users(aggregations::read))),
            Map.entry("/events", Map.of("GET", users(events::open))));
  }

  private Route users(UsersRoute route) {
    return exchange -> route.answer(exchange, accounts.authenticate(exchange));
  }

  private void health(Exchange exchange) throws Problem, InterruptedException {
    var ping = threads.submit(() -> db.row("SELECT 1", row -> row.getInt(1)));
    try {
      ping.get(HEALTH_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException lost) {
      throw Problem.databaseAway();
    }
    exchange.answerJson(200, Json.object("status", "ok"));
  }

  boolean isIdle() {
    return inFlightCount.get() == 0;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    var path = request.getHttpURI().getPath();
    var segments = path == null ? new String[0] : path.split("/", -1);
    inFlightCount.incrementAndGet();
    var counted = Callback.from(callback, inFlightCount::decrementAndGet);
    var exchange = new Exchange(request, response, counted, segments.length > 2 ? segments[2] : "");
    try {
      find(exchange, path, segments).answer(exchange);
    } catch (Problem problem) {
      exchange.refuse(problem);
    } catch (Database.Lost lost) {
      LOG.log(Level.FINE, "request put off", lost);
      exchange.refuse(Problem.databaseAway());
    } catch (InterruptedException | RuntimeException failed) {
      LOG.log(Level.SEVERE, "request failed", failed);
      exchange.refuse(Problem.internal());
    }
    return true;
  }

  private Route find(Exchange exchange, String path, String[] segments) throws Problem {
    if (!isPrintable(exchange.request.getHttpURI().asString())) {
      throw Problem.malformedTarget();
    }
    var methods = byPath.get(path == null ? "" : pattern(path, segments));
    if (methods == null) {
      throw Problem.notFound();
    }
    var route = methods.get(exchange.request.getMethod());
    if (route == null) {
      var allowed = String.join(", ", new TreeMap<>(methods).keySet());
      exchange.response.getHeaders().put(HttpHeader.ALLOW, allowed);
      throw Problem.methodNotAllowed();
    }
    return route;
  }

  private static boolean isPrintable(String target) {
    return target.chars().allMatch(character -> character > ' ' && character < 0x7F && character != '#');
  }

  /** The path with {id} in the place of an id. What may be an id has no escape and is no dot segment. */
  private static String pattern(String path, String[] segments) {
    var hasId =
        segments.length >= 3 && segments.length <= 4 && (segments[1].equals("files") || segments[1].equals("aggregations"));
    if (!hasId) {
      return path;
    }
    var id = segments[2];
    if (id.isEmpty() || id.equals(".") || id.equals("..") || id.contains("%")) {
      return "";
    }
    return "/" + segments[1] + "/{id}" + (segments.length == 4 ? "/" + segments[3] : "");
  }
}
