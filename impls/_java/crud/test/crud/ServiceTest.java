package crud;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bouncycastle.crypto.generators.SCrypt;
import org.junit.jupiter.api.Test;

final class ServiceTest {
  private static final Map<String, String> VALID =
      Map.of("HOST", "127.0.0.1", "PORT", "8080", "DATABASE_URL", "postgres://user:secret@127.0.0.1:5432/crud");

  @Test
  void settingsHaveTheContractsDefaults() throws Config.Invalid {
    var config = Config.read(VALID);
    assertEquals(List.of(1, 8, 64), List.of(config.workers(), config.poolTotal(), config.maxEventStreams()));
    assertEquals(16_777_216, config.cacheBytes());
  }

  @Test
  void settingsThatMakeNoSenseAreRefusedByName() {
    for (var setting : List.of("HOST=", "PORT=0", "PORT=65536", "WORKERS=two", "WORKERS=+1", "DB_POOL_TOTAL=0", "LOG_LEVEL=loud",
        "DATABASE_URL=mysql://u:secret@h:1/d", "DATABASE_URL=postgres://u:secret@h:1", "DATABASE_URL=postgres://u:secret@h:1/d?a=b")) {
      var parts = setting.split("=", 2);
      var env = new HashMap<>(VALID);
      env.put(parts[0], parts[1]);
      var message = assertThrows(Config.Invalid.class, () -> Config.read(env), setting).getMessage();
      assertTrue(message.startsWith(parts[0]) && !message.contains("secret"), message);
    }
  }

  @Test
  void listsOfTagsAreValidAsAWhole() {
    assertNull(Condition.of(List.of()));
    assertTrue(Condition.of(List.of(" * ")).isAny());
    assertTrue(Condition.of(List.of("W/\"7\"")).matchesWeakly(7));
    assertFalse(Condition.of(List.of("\"07\"")).matchesWeakly(7));
    var versions = new HashMap<String, Integer[]>();
    versions.put("\"1\"", new Integer[] {1});
    versions.put(", \"1\" ,, \"2\",", new Integer[] {1, 2});
    versions.put("W/\"1\", \"2\"", new Integer[] {2});
    versions.put("\"01\", \"+1\", \"x,y\", \"3\"", new Integer[] {3});
    for (var odd : List.of("\"1\" \"2\"", "\"1\", 2", "\"1\", *", "w/\"1\"", "\"1", "")) {
      versions.put(odd, new Integer[0]);
    }
    versions.forEach((text, want) -> assertArrayEquals(want, Condition.of(List.of(text)).versions(), text));
  }

  @Test
  void theCacheKeepsWhatWasUsedLastWithinItsBudget() {
    var cache = new Cache(10);
    var ids = List.of(new UUID(0, 1), new UUID(0, 2), new UUID(0, 3));
    cache.put(ids.get(0), 1, new byte[5]);
    cache.put(ids.get(1), 1, new byte[5]);
    assertNull(cache.get(ids.get(0), 2));
    cache.get(ids.get(0), 1);
    cache.put(ids.get(2), 1, new byte[1]);
    cache.put(ids.get(2), 2, new byte[11]);
    assertNull(cache.get(ids.get(1), 1));
    assertEquals(5, cache.get(ids.get(0), 1).length);
    assertEquals(1, cache.get(ids.get(2), 1).length);
    cache.drop(ids.get(0));
    assertNull(cache.get(ids.get(0), 1));
  }

  @Test
  void meansAreSummedInFloat64InTheirOrder() {
    var mean = Aggregations.mean(List.of(vector(1e8f, 1), vector(1, 2), vector(-1e8f, 6)));
    assertArrayEquals(vector(1f / 3, 3), mean);
    assertArrayEquals(vector(0), Aggregations.mean(List.of(vector(-0f))));
    assertFalse(Aggregations.areVectors(new int[] {4, 8}));
    assertFalse(Aggregations.areVectors(new int[] {0}));
  }

  private static byte[] vector(float... values) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (var value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  @Test
  void keysAreThoseOfOtherLanguages() {
    // Printed by Python: hashlib.scrypt(b'pleaseletmein', salt=b'SodiumChloride', n=16384, r=8, p=1, dklen=32).hex()
    var key = SCrypt.generate("pleaseletmein".getBytes(), "SodiumChloride".getBytes(), 16_384, 8, 1, 32);
    assertEquals("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2", HexFormat.of().formatHex(key));
  }
}
