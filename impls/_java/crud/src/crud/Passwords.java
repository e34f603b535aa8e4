package crud;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * Derives keys on WORKERS threads of their own: each takes 16 MiB and about 30 ms of CPU, for which a virtual thread would hold its
 * carrier, and more at once would take memory without being sooner done.
 */
final class Passwords {
  private static final int N = 16_384;
  private static final int R = 8;
  private static final int P = 1;
  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 32;

  /** What is stored of a password. */
  record Hash(byte[] salt, byte[] key) {}

  /** No one's: a log-in with an unknown name is checked against it, so that it takes as long as any other. */
  static final Hash OF_NOBODY = new Hash(new byte[SALT_BYTES], new byte[KEY_BYTES]);

  private static final SecureRandom RANDOM = new SecureRandom();
  private final ExecutorService threads;

  Passwords(int workers) {
    threads = Executors.newFixedThreadPool(workers, Thread.ofPlatform().daemon().name("scrypt-", 0).factory());
  }

  Hash hash(String password) throws InterruptedException {
    var salt = randomBytes(SALT_BYTES);
    return new Hash(salt, derive(password, salt));
  }

  boolean matches(String password, Hash stored) throws InterruptedException {
    return MessageDigest.isEqual(derive(password, stored.salt), stored.key);
  }

  private byte[] derive(String password, byte[] salt) throws InterruptedException {
    var bytes = password.getBytes(StandardCharsets.UTF_8);
    try {
      return threads.submit(() -> SCrypt.generate(bytes, salt, N, R, P, KEY_BYTES)).get();
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    }
  }

  static byte[] randomBytes(int count) {
    var bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
