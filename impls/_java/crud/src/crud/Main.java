package crud;

import static org.eclipse.jetty.http.HttpCompliance.Violation.MISMATCHED_AUTHORITY;
import static org.eclipse.jetty.http.HttpCompliance.Violation.UNSAFE_HOST_HEADER;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Serves the crud contract (bench/crud/contract.md) with Jetty and pgjdbc. The argument is `virtual` or `platform`. */
final class Main {
  /** Unused connections are kept for longer than the 75 s that the contract asks for. */
  private static final Duration IDLE = Duration.ofSeconds(90);

  /** A little less than the 10 s that the contract allows for stopping. */
  private static final Duration STOP = Duration.ofSeconds(8);

  /** A service that has nothing in flight at so many looks in a row has finished. */
  private static final int IDLE_LOOKS = 10;

  private static final Duration LOOK = Duration.ofMillis(20);

  /** Every implementation takes 14,000 bytes. */
  private static final int HEAD_BYTES = 32_768;

  private static final Logger LOG = Logger.getLogger("crud");

  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length != 1 || !arguments[0].matches("virtual|platform")) {
      exit(2, "the argument must be virtual or platform");
    }
    try {
      var config = Config.read(System.getenv());
      logToStandardError(config.logLevel());
      serve(config, arguments[0].equals("virtual"));
    } catch (Config.Invalid invalid) {
      exit(2, invalid.getMessage());
    } catch (Exception failed) {
      exit(1, failed.toString());
    }
  }

  private static void exit(int code, String line) {
    System.err.println("crud-java: " + line);
    Runtime.getRuntime().halt(code);
  }

  private static void logToStandardError(Level level) {
    var root = Logger.getLogger("");
    for (var handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    var console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    root.addHandler(console);
    // Jetty tells at level info that it starts.
    root.setLevel(level.intValue() < Level.WARNING.intValue() ? Level.WARNING : level);
    LOG.setLevel(level);
  }

  private static void serve(Config config, boolean isVirtual) throws Exception {
    if (isVirtual) {
      System.setProperty("jdk.virtualThreadScheduler.parallelism", Integer.toString(config.workers()));
    }
    var threads = isVirtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    var executor = isVirtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newCachedThreadPool();

    var db = new Database(config, isVirtual ? "crud-java-virtual" : "crud-java-platform");
    var accounts = new Accounts(db, new Passwords(config.workers()), config.sessionTtl());
    var aggregations = new Aggregations(db);
    var events = new Events(db, accounts, config.maxEventStreams());
    var files = new Files(db, new Cache(config.cacheBytes()));
    var background = new Background(db, aggregations, events);
    var service = new Service(db, accounts, files, aggregations, events, executor);

    var server = server(config, isVirtual ? executor : null);
    server.setHandler(service);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, service, events, background)));
    server.start();
    background.start(threads);
    LOG.info("serving with " + config.workers() + " workers");
  }

  /** Requests are handled on the virtual threads given, or else on Jetty's own. */
  private static Server server(Config config, ExecutorService virtualThreads) {
    var pool = new QueuedThreadPool();
    pool.setVirtualThreadsExecutor(virtualThreads);
    var server = new Server(pool);
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEAD_BYTES);
    // Paths count as they were sent: the service itself refuses what no route has.
    http.setUriCompliance(UriCompliance.UNSAFE);
    // No proxy stands before this service: neither the authority of a target nor Host is looked at.
    http.setHttpCompliance(HttpCompliance.RFC9110.with("NO_HOST", MISMATCHED_AUTHORITY, UNSAFE_HOST_HEADER));
    // Media types are given back as they came.
    http.setHeaderCacheCaseSensitive(true);
    var connector = new ServerConnector(server, new LenientHttp1(http));
    connector.setHost(config.host());
    connector.setPort(config.port());
    connector.setIdleTimeout(IDLE.toMillis());
    connector.setShutdownIdleTimeout(STOP.toMillis());
    server.addConnector(connector);
    server.setErrorHandler(Main::answerForParser);
    return server;
  }

  /** What Jetty itself refuses has a problem document too. */
  private static boolean answerForParser(Request request, Response response, Callback callback) {
    var status = request.getAttribute(ErrorHandler.ERROR_STATUS) instanceof Integer given ? given : 400;
    new Exchange(request, response, callback, "").refuse(Problem.ofParser(status));
    return true;
  }

  /**
   * Stops accepting and waits for the requests in flight, then ends without the rest of an orderly exit: a JVM that was stopped by SIGTERM
   * would else end with 143.
   */
  private static void stop(Server server, Service service, Events events, Background background) {
    try {
      var deadline = System.nanoTime() + STOP.toNanos();
      events.close();
      for (var connector : server.getConnectors()) {
        connector.shutdown();
      }
      // A request that has been sent may not have been read yet.
      for (int idleLooks = 0; idleLooks < IDLE_LOOKS && System.nanoTime() < deadline; ) {
        idleLooks = service.isIdle() ? idleLooks + 1 : 0;
        Thread.sleep(LOOK);
      }
      background.stop(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    } catch (InterruptedException cutOff) {
      LOG.log(Level.WARNING, "requests cut off", cutOff);
    }
    Runtime.getRuntime().halt(0);
  }
}
