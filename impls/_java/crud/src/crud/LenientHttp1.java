package crud;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/** HTTP/1.1 in which what Jetty refuses before there is a route is left to the routes, as the contract wants it. */
final class LenientHttp1 extends HttpConnectionFactory {
  LenientHttp1(HttpConfiguration configuration) {
    super(configuration);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(new LenientConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
  }

  private static final class LenientConnection extends HttpConnection {
    LenientConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
      super(configuration, connector, endPoint);
    }

    @Override
    protected RequestHandler newRequestHandler() {
      return new LenientHandler();
    }

    private final class LenientHandler extends RequestHandler {
      /** A path with an escape is an unknown route; Jetty refuses one with an escaped NUL as malformed. */
      @Override
      public void startRequest(String method, String target, HttpVersion version) {
        var query = target.indexOf('?');
        var path = query < 0 ? target : target.substring(0, query);
        var isHarmless = !path.contains("%00");
        super.startRequest(method, isHarmless ? target : path.replace("%00", "%01"), version);
      }

      /** Upgrade is ignored; Jetty refuses one that it does not know. */
      @Override
      public void parsedHeader(HttpField field) {
        if (field.getHeader() != HttpHeader.UPGRADE) {
          super.parsedHeader(field);
        }
      }
    }
  }
}
