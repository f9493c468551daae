package io.fairlead.router.resource;

import io.fairlead.router.model.Access;
import io.fairlead.router.model.Authentication;
import io.fairlead.router.model.Endpoint;
import io.fairlead.router.model.KeyDigest;
import io.fairlead.router.model.Names;
import io.fairlead.router.model.TrafficSplit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a cluster, read again only where they or a Secret of theirs have changed. What
 * was good of an object stays in use when it turns bad.
 */
final class Endpoints {
  private static final Access NOBODY =
      new Access(new Authentication.Keys(List.of(KeyDigest.OF_NO_KEY)), null, false, null, null, 0);

  private Map<String, ObjectReading<Endpoint>> known = Map.of();
  private Map<SecretKey, SecretLook> seen = Map.of();

  /** Returns what {@code objects} say, in their order. */
  List<ObjectReading<Endpoint>> read(
      List<ClusterObject> objects, Map<SecretKey, SecretLook> secrets) {
    Map<String, ObjectReading<Endpoint>> now = new HashMap<>();
    boolean areKnown = secrets.equals(seen);
    List<ObjectReading<Endpoint>> readings =
        objects.stream()
            .map(object -> read(object, known.get(object.uid()), secrets, areKnown))
            .toList();
    readings.forEach(reading -> now.put(reading.object().uid(), reading));
    known = now;
    seen = secrets;
    return readings;
  }

  private static ObjectReading<Endpoint> read(
      ClusterObject object,
      @Nullable ObjectReading<Endpoint> last,
      Map<SecretKey, SecretLook> looks,
      boolean areKnown) {
    if (last != null
        && last.object().json().equals(object.json())
        && (areKnown || last.secrets().equals(those(last.secrets().keySet(), looks)))) {
      return last.object().equals(object)
          ? last
          : new ObjectReading<>(object, last.value(), last.problems(), last.secrets());
    }
    Secrets secrets = Secrets.of(looks);
    ObjectReading<Endpoint> reading =
        ObjectReading.read(
            object,
            last == null ? null : last.value(),
            Map.of(),
            (root, metadata) -> {
              Declared<EndpointKey, Endpoint> declared =
                  EndpointReader.read(root, metadata, secrets);
              return declared == null ? null : declared.value();
            });
    return new ObjectReading<>(
        object, reading.value(), reading.problems(), those(secrets.asked(), looks));
  }

  private static Map<SecretKey, @Nullable SecretLook> those(
      Set<SecretKey> keys, Map<SecretKey, SecretLook> looks) {
    Map<SecretKey, @Nullable SecretLook> those = new HashMap<>();
    keys.forEach(key -> those.put(key, looks.get(key)));
    return Collections.unmodifiableMap(those);
  }

  /**
   * Returns what stands for an endpoint that was never good: nobody is let in. Its name is not free
   * for another namespace to take, where callers would send their requests to strangers.
   */
  static @Nullable Endpoint closed(ClusterObject object) {
    return Names.isValid(object.name())
        ? Endpoint.open(object.namespace(), object.name(), TrafficSplit.EMPTY).with(NOBODY)
        : null;
  }
}
