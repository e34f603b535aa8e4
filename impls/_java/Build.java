import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Builds a service: fetches its dependencies and checks each against the SHA-256 in its lock, compiles with all warnings as errors, packs,
 * and keeps the classes that a short run has loaded in an archive which later starts map (class-data sharing).
 *
 * <p>java Build.java SERVICE_FOLDER BUILD_FOLDER JAVAC MODE [MODE…]: one run a MODE, each with an archive MODE.jsa;
 * java Build.java SERVICE_FOLDER BUILD_FOLDER JAVAC test: compiles the tests too, and runs them.
 */
final class Build {
  private static final URI REPOSITORY = URI.create("https://repo.maven.apache.org/maven2/");
  private static final Duration WAIT = Duration.ofSeconds(60);

  /** A jar by its path in a Maven repository. */
  private record Dependency(String sha256, String path) {
    String fileName() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /** What ends the build; its message is for people. */
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    Failure(String message) {
      super(message);
    }
  }

  private final Path service;
  private final Path build;
  private final String javac;

  private Build(Path service, Path build, String javac) {
    this.service = service;
    this.build = build;
    this.javac = javac;
  }

  public static void main(String[] arguments) throws Exception {
    try {
      var builder = new Build(Path.of(arguments[0]), Path.of(arguments[1]), arguments[2]);
      if (arguments[3].equals("test")) {
        builder.test();
      } else {
        builder.make(List.of(arguments).subList(3, arguments.length));
      }
    } catch (Failure failure) {
      System.err.println(failure.getMessage());
      System.exit(1);
    }
  }

  private void make(List<String> modes) throws Exception {
    var jars = fetch("dependencies.lock");
    var classes = build.resolve("classes");
    compile(List.of(service.resolve("src")), jars, classes);
    pack(classes, jars);
    deleteTree(classes);
    for (var mode : modes) {
      archive(mode);
    }
  }

  private void test() throws Exception {
    var jars = new ArrayList<>(fetch("dependencies.lock"));
    var junit = fetch("test-dependencies.lock");
    jars.addAll(junit);
    var classes = build.resolve("test-classes");
    compile(List.of(service.resolve("src"), service.resolve("test")), jars, classes);
    jars.add(classes);
    var command =
        List.of(java(), "-jar", junit.getFirst().toString(), "execute", "--class-path", classPath(jars), "--scan-class-path",
            classes.toString(), "--details", "summary", "--disable-banner", "--fail-if-no-tests");
    run(command, "the tests failed");
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classPath(List<Path> jars) {
    return String.join(System.getProperty("path.separator"), jars.stream().map(Path::toString).toList());
  }

  private List<Path> fetch(String lock) throws Exception {
    var jars = new ArrayList<Path>();
    Files.createDirectories(build.resolve("lib"));
    for (var line : Files.readAllLines(service.resolve(lock))) {
      var parts = line.split(" +");
      var dependency = new Dependency(parts[0], parts[1]);
      var jar = build.resolve("lib").resolve(dependency.fileName());
      Files.write(jar, bytesOf(dependency));
      jars.add(jar);
    }
    return jars;
  }

  /** From Maven's own cache where it has this very jar, else from the central repository. */
  private static byte[] bytesOf(Dependency dependency) throws Exception {
    var cached = Path.of(System.getProperty("user.home"), ".m2", "repository").resolve(dependency.path);
    if (Files.isReadable(cached)) {
      var bytes = Files.readAllBytes(cached);
      if (sha256(bytes).equals(dependency.sha256)) {
        return bytes;
      }
    }
    var bytes = download(REPOSITORY.resolve(dependency.path));
    if (!sha256(bytes).equals(dependency.sha256)) {
      throw new Failure(
          "%s has the SHA-256 %s, and its lock says %s".formatted(dependency.path, sha256(bytes), dependency.sha256));
    }
    return bytes;
  }

  private static byte[] download(URI from) throws Exception {
    var client = HttpClient.newBuilder().connectTimeout(WAIT).proxy(proxy()).build();
    try {
      var answer = client.send(HttpRequest.newBuilder(from).timeout(WAIT).build(), HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new Failure(from + " answers " + answer.statusCode());
      }
      return answer.body();
    } catch (IOException failed) {
      throw new Failure("cannot fetch " + from + ": " + failed + "; a copy in ~/.m2/repository is used where there is one");
    }
  }

  /** Java does not look at the variables that other tools know. */
  private static ProxySelector proxy() {
    var named = System.getenv().getOrDefault("https_proxy", System.getenv().getOrDefault("HTTPS_PROXY", ""));
    if (named.isEmpty()) {
      return ProxySelector.getDefault();
    }
    var proxy = URI.create(named.contains("://") ? named : "http://" + named);
    return ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort()));
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private void compile(List<Path> folders, List<Path> jars, Path classes) throws Exception {
    var command = new ArrayList<>(List.of(javac, "--release", "21", "-Xlint:all", "-Werror", "-proc:none", "-d"));
    command.addAll(List.of(classes.toString(), "-cp", classPath(jars)));
    for (var folder : folders) {
      try (var files = Files.walk(folder)) {
        files.map(Path::toString).filter(name -> name.endsWith(".java")).sorted().forEach(command::add);
      }
    }
    run(command, "the compiler refused the sources");
  }

  private void pack(Path classes, List<Path> jars) throws IOException {
    var manifest = new Manifest();
    var attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, service.getFileName() + ".Main");
    var names = jars.stream().map(jar -> "lib/" + jar.getFileName()).toList();
    attributes.put(Attributes.Name.CLASS_PATH, String.join(" ", names));
    try (var jar = new JarOutputStream(Files.newOutputStream(build.resolve("app.jar")), manifest);
        var files = Files.walk(classes)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, jar);
        jar.closeEntry();
      }
    }
  }

  /** The run has no database: what it loads is the server, the driver's start and the refusals. */
  private void archive(String mode) throws Exception {
    var port = freePort();
    var command =
        List.of(java(), "-XX:ArchiveClassesAtExit=" + build.resolve(mode + ".jsa"), "-Xlog:cds=off", "-Xlog:cds+dynamic=off", "-jar",
            build.resolve("app.jar").toString(), mode);
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(Map.of(
        "HOST", "127.0.0.1", "PORT", Integer.toString(port), "LOG_LEVEL", "error",
        "DATABASE_URL", "postgres://nobody:nothing@127.0.0.1:" + freePort() + "/none"));
    builder.redirectErrorStream(true).redirectOutput(build.resolve(mode + ".log").toFile());
    var process = builder.start();
    try {
      var base = URI.create("http://127.0.0.1:" + port);
      awaitAnswer(base.resolve("/health"), process);
      for (var path : List.of("/nope", "/users/me", "/files?limit=5", "/files/0/content", "/health")) {
        ask(base.resolve(path), null);
      }
      ask(base.resolve("/sessions"), "{\"name\":\"nobody\",\"password\":\"nothing\"}");
    } finally {
      process.destroy();
      if (!process.waitFor(60, java.util.concurrent.TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    if (!Files.exists(build.resolve(mode + ".jsa"))) {
      throw new Failure("no archive of classes was made:\n" + Files.readString(build.resolve(mode + ".log")));
    }
    Files.delete(build.resolve(mode + ".log"));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("127.0.0.1", 0));
      return socket.getLocalPort();
    }
  }

  private static void awaitAnswer(URI target, Process process) throws Exception {
    for (int tries = 0; tries < 300 && process.isAlive(); tries++) {
      try {
        ask(target, null);
        return;
      } catch (IOException notYet) {
        Thread.sleep(100);
      }
    }
    throw new Failure("the program did not start");
  }

  private static void ask(URI target, String json) throws Exception {
    var request = HttpRequest.newBuilder(target).timeout(Duration.ofSeconds(20)).header("Authorization", "Bearer none");
    if (json != null) {
      request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
    }
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    client.send(request.build(), HttpResponse.BodyHandlers.discarding());
  }

  private static void run(List<String> command, String complaint) throws Exception {
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new Failure(complaint);
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
