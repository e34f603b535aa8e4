package crud;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One request and its answer. */
final class Exchange {
  private static final int MAX_JSON_BYTES = 65_536;
  private static final int MAX_FILE_BYTES = 1_048_576;

  /** How much of an unread body is read over after a refusal, to keep the connection. */
  private static final int DRAIN_BYTES = 1_048_576;

  final Request request;
  final Response response;
  final Callback callback;

  /** The part of the path that stands for {id}. */
  private final String idText;

  Exchange(Request request, Response response, Callback callback, String idText) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.idText = idText;
  }

  List<String> header(HttpHeader name) {
    return header(name.asString());
  }

  /** The values of all lines of this name. */
  List<String> header(String name) {
    return request.getHeaders().getFields(name).stream().map(field -> field.getValue() == null ? "" : field.getValue()).toList();
  }

  Map<String, String> query(String... listed) throws Problem {
    return Text.parseQuery(request.getHttpURI().getQuery(), Set.of(listed));
  }

  UUID id() throws Problem {
    var id = Text.parseId(idText);
    if (id == null) {
      throw Problem.notFound();
    }
    return id;
  }

  Map<String, Object> readObject(String... keys) throws Problem {
    if (!Text.isJson(header(HttpHeader.CONTENT_TYPE))) {
      throw Problem.unsupportedMediaType();
    }
    return Json.parseObject(readBody(MAX_JSON_BYTES), Set.of(keys));
  }

  byte[] readFile() throws Problem {
    return readBody(MAX_FILE_BYTES);
  }

  private byte[] readBody(int limitBytes) throws Problem {
    try {
      var body = Content.Source.asInputStream(request).readNBytes(limitBytes + 1);
      if (body.length > limitBytes) {
        throw Problem.contentTooLarge();
      }
      return body;
    } catch (IOException broken) {
      throw Problem.brokenBody();
    }
  }

  void answer(int status, String contentType, byte[] body) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  void answerJson(int status, Map<String, Object> value) {
    answer(status, "application/json", Json.write(value));
  }

  void answerEmpty(int status) {
    response.setStatus(status);
    // As a last write it would have a Content-Length, which of 304 is that of another answer.
    response.write(false, null, callback);
  }

  void refuse(Problem problem) {
    readOver();
    response.getHeaders().remove(HttpHeader.ETAG);
    switch (problem.status) {
      case 401 -> response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
      case 503 -> response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
      default -> {}
    }
    answer(problem.status, "application/problem+json", Json.write(problem.document()));
  }

  /** A client that waits for 100 Continue sends no body after a refusal. */
  private void readOver() {
    if (request.getHeaders().contains(HttpHeader.EXPECT)) {
      return;
    }
    try {
      var body = Content.Source.asInputStream(request);
      skip(body, DRAIN_BYTES);
    } catch (IOException broken) {
      // The connection ends with this answer.
    }
  }

  private static void skip(InputStream body, int limitBytes) throws IOException {
    var buffer = new byte[8192];
    for (int readBytes = 0; readBytes < limitBytes; ) {
      var count = body.read(buffer);
      if (count < 0) {
        return;
      }
      readBytes += count;
    }
  }
}
