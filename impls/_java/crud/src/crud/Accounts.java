package crud;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;

/** Users and their sessions. */
final class Accounts {
  private static final int MIN_PASSWORD_CHARS = 8;

  /** Of passwords everywhere, and of names at log-in. */
  private static final int MAX_CREDENTIAL_CHARS = 128;

  private record Credentials(UUID userId, Passwords.Hash stored) {}

  private final Database db;
  private final Passwords passwords;
  private final Duration sessionTtl;

  Accounts(Database db, Passwords passwords, Duration sessionTtl) {
    this.db = db;
    this.passwords = passwords;
    this.sessionTtl = sessionTtl;
  }

  /** The session of this token's hash, or null. The database is asked for each request anew. */
  Session authenticate(byte[] tokenHash) {
    return db.row(
        "SELECT u.id, u.name, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id"
            + " WHERE s.token_sha256 = ? AND s.expires_at > now() AND s.revoked_at IS NULL",
        row -> new Session(Database.uuid(row, 1), row.getString(2), Database.time(row, 3), tokenHash),
        tokenHash);
  }

  Session authenticate(Exchange exchange) throws Problem {
    var session = authenticate(hash(Text.bearerToken(exchange.header(HttpHeader.AUTHORIZATION))));
    if (session == null) {
      throw Problem.unauthorized();
    }
    return session;
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  void signUp(Exchange exchange) throws Problem, InterruptedException {
    var body = exchange.readObject("name", "password");
    var name = Json.text(body, "name", 3, 64);
    if (!Text.isUserName(name)) {
      throw Problem.invalid("\"name\" may have a to z, 0 to 9, dot, underscore and hyphen");
    }
    var stored = passwords.hash(Json.text(body, "password", MIN_PASSWORD_CHARS, MAX_CREDENTIAL_CHARS));
    var user =
        db.row(
            "INSERT INTO users (name, password_salt, password_hash) VALUES (?, ?, ?)"
                + " ON CONFLICT (name) DO NOTHING RETURNING id, name, created_at",
            row -> user(Database.uuid(row, 1), row.getString(2), Database.time(row, 3)),
            name,
            stored.salt(),
            stored.key());
    if (user == null) {
      throw Problem.nameTaken();
    }
    exchange.response.getHeaders().put(HttpHeader.LOCATION, "/users/me");
    exchange.answerJson(201, user);
  }

  private static Map<String, Object> user(UUID id, String name, String createdAt) {
    return Json.object("id", id, "name", name, "createdAt", createdAt);
  }

  void logIn(Exchange exchange) throws Problem, InterruptedException {
    var body = exchange.readObject("name", "password");
    var name = Json.text(body, "name", 1, MAX_CREDENTIAL_CHARS);
    var userId = checkPassword(name, Json.text(body, "password", 1, MAX_CREDENTIAL_CHARS));
    var token = Base64.getUrlEncoder().withoutPadding().encodeToString(Passwords.randomBytes(32));
    var expiresAt =
        db.row(
            "INSERT INTO sessions (token_sha256, user_id, expires_at)"
                + " VALUES (?, ?, now() + make_interval(secs => ?)) RETURNING expires_at",
            row -> Database.time(row, 1),
            hash(token),
            userId,
            (double) sessionTtl.toSeconds());
    exchange.answerJson(201, Json.object("token", token, "userId", userId, "expiresAt", expiresAt));
  }

  /** Derives a key whether the name is known or not, so that the time taken reveals nothing. */
  private UUID checkPassword(String name, String password) throws Problem, InterruptedException {
    var found = credentials(name);
    var isRight = passwords.matches(password, found == null ? Passwords.OF_NOBODY : found.stored);
    if (found == null || !isRight) {
      throw Problem.wrongCredentials();
    }
    return found.userId;
  }

  /** Does not ask for a name with U+0000, which PostgreSQL takes in no text: so no user has it. */
  private Credentials credentials(String name) {
    if (name.indexOf('\0') >= 0) {
      return null;
    }
    return db.row(
        "SELECT id, password_salt, password_hash FROM users WHERE name = ?",
        row -> new Credentials(Database.uuid(row, 1), new Passwords.Hash(row.getBytes(2), row.getBytes(3))),
        name);
  }

  void logOut(Exchange exchange, Session session) {
    db.update("UPDATE sessions SET revoked_at = now() WHERE token_sha256 = ?", session.tokenHash());
    exchange.answerEmpty(204);
  }

  void me(Exchange exchange, Session session) {
    exchange.answerJson(200, user(session.userId(), session.userName(), session.createdAt()));
  }
}
