package crud;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Wakes one thread; rung while that is busy, it wakes it once more. */
final class Bell {
  private final ArrayBlockingQueue<Boolean> rung = new ArrayBlockingQueue<>(1);

  void ring() {
    rung.offer(true);
  }

  /** Whether it was rung within this time. */
  boolean await(Duration wait) throws InterruptedException {
    return rung.poll(wait.toMillis(), TimeUnit.MILLISECONDS) != null;
  }
}
