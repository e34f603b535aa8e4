package crud;

import java.util.Map;

/** Why a request is refused: a problem document (RFC 9457) of the type urn:paceline:problem:name. */
final class Problem extends Exception {
  private static final long serialVersionUID = 1;

  final int status;
  final String name;
  private final String title;

  private Problem(int status, String name, String title, String detail) {
    // Refusals are ordinary: they need no stack trace.
    super(detail, null, false, false);
    this.status = status;
    this.name = name;
    this.title = title;
  }

  Map<String, Object> document() {
    return Json.object("type", "urn:paceline:problem:" + name, "title", title, "status", status, "detail", getMessage());
  }

  static Problem notFound() {
    return new Problem(404, "not-found", "Not found", "there is no such thing here");
  }

  static Problem methodNotAllowed() {
    return new Problem(
        405, "method-not-allowed", "Method not allowed", "the Allow header lists the methods of this path");
  }

  static Problem unauthorized() {
    return new Problem(401, "unauthorized", "Unauthorized", "a live session's bearer token is needed");
  }

  static Problem wrongCredentials() {
    return new Problem(401, "unauthorized", "Unauthorized", "the name or the password is wrong");
  }

  static Problem unsupportedMediaType() {
    return new Problem(
        415,
        "unsupported-media-type",
        "Unsupported media type",
        "this Content-Type is missing, malformed or not taken here");
  }

  static Problem contentTooLarge() {
    return new Problem(413, "content-too-large", "Content too large", "the body is larger than this route takes");
  }

  static Problem malformedJson() {
    return new Problem(400, "malformed-json", "Malformed body", "the body is not one JSON value in UTF-8");
  }

  static Problem malformedTarget() {
    return new Problem(
        400,
        "malformed-request",
        "Malformed request",
        "the request target may have printable ASCII only and no fragment");
  }

  static Problem brokenBody() {
    return new Problem(400, "malformed-request", "Malformed request", "the body ended or broke before its end");
  }

  static Problem invalid(String detail) {
    return new Problem(422, "invalid", "Invalid request", detail);
  }

  static Problem preconditionRequired() {
    return new Problem(
        428, "precondition-required", "Precondition required", "If-Match is needed to replace a file");
  }

  static Problem preconditionFailed() {
    return new Problem(412, "precondition-failed", "Precondition failed", "the file has another version by now");
  }

  static Problem nameTaken() {
    return new Problem(409, "name-taken", "Name taken", "another user has this name");
  }

  static Problem databaseAway() {
    return new Problem(503, "unavailable", "Unavailable", "the database cannot be reached");
  }

  static Problem noMoreStreams() {
    return new Problem(503, "unavailable", "Unavailable", "as many event streams are open as may be");
  }

  static Problem internal() {
    return new Problem(500, "internal", "Internal error", "something went wrong in the service");
  }

  /** What Jetty's parser refuses, with a status of its choice. */
  static Problem ofParser(int status) {
    return switch (status) {
      case 408 -> new Problem(408, "request-timeout", "Request timeout", "the request took too long to arrive");
      case 413 -> contentTooLarge();
      case 414 -> new Problem(414, "uri-too-long", "URI too long", "the request target is too long");
      case 417 -> new Problem(417, "expectation-failed", "Expectation failed", "only 100-continue is met");
      case 431 -> new Problem(431, "head-too-large", "Head too large", "the head of the request is too large");
      case 501 -> new Problem(501, "not-implemented", "Not implemented", "this transfer coding is not read");
      case 500, 503 -> internal();
      default -> new Problem(status, "malformed-request", "Malformed request", "the request is not HTTP");
    };
  }
}
