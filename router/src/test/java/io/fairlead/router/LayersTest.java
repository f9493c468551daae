package io.fairlead.router;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the house: who may use whom, and where the world may enter. */
class LayersTest {
  private static final String ROOT = "io.fairlead.router";
  private static final List<List<String>> LAYERS =
      List.of(
          List.of("model"),
          List.of(
              "http",
              "http1",
              "routing",
              "auth",
              "dispatch",
              "rate",
              "overload",
              "fleet",
              "autoscale",
              "election"),
          List.of("control", "resource"),
          List.of(
              "proxy",
              "tls",
              "lease",
              "jwks",
              "manifest",
              "kubernetes",
              "peer",
              "metrics",
              "journal",
              "tracing",
              "admin",
              "config",
              "token",
              "replay",
              "demo"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @TestFactory
  Stream<DynamicTest> nothingUsesALayerAbove() {
    return Stream.of(0, 1, 2, 3)
        .map(
            layer ->
                test(
                    "layer " + layer,
                    noClasses()
                        .that()
                        .resideInAnyPackage(packages(layer, layer))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                            Stream.concat(Arrays.stream(packages(layer + 1, 3)), Stream.of(ROOT))
                                .toArray(String[]::new))
                        .because(
                            "decisions are pure and the edge depends on them, not they on it")));
  }

  @TestFactory
  Stream<DynamicTest> siblingsDoNotUseEachOther() {
    return Stream.of(1, 2, 3)
        .flatMap(layer -> LAYERS.get(layer).stream().map(name -> siblings(layer, name)));
  }

  private static DynamicTest siblings(int layer, String name) {
    String[] others =
        LAYERS.get(layer).stream()
            .filter(other -> !other.equals(name) && !isAllowed(name, other))
            .map(other -> ROOT + "." + other)
            .toArray(String[]::new);
    return test(
        name,
        noClasses()
            .that()
            .resideInAPackage(ROOT + "." + name)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others)
            .because("what siblings share is of a layer below")
            .allowEmptyShould(!exists(name)));
  }

  private static boolean isAllowed(String name, String other) {
    return switch (other) {
      case "http" -> List.of("http1", "routing", "auth").contains(name);
      case "tls" -> name.equals("proxy");
      default -> false;
    };
  }

  @TestFactory
  Stream<DynamicTest> librariesStayWhereTheyBelong() {
    return Stream.of(
        only("io.prometheus..", "one file names every meter", "metrics"),
        only(
            "org.snakeyaml..",
            "YAML is an input format, not a model",
            "resource",
            "manifest",
            "config"),
        only("io.fabric8..", "one package knows how to talk to an API server", "kubernetes"),
        only(
            "com.nimbusds..",
            "what is made of others' JSON is a key or a token",
            "auth",
            "jwks",
            "token"),
        only("io.opentelemetry..", "without a collector none of it is loaded", "tracing"),
        only("io.grpc..", "routers talk to each other in one place", "peer"),
        only("com.google.protobuf..", "what is on that wire is turned into records there", "peer"),
        only("io.fairlead.peer..", "generated code stays behind those who check it", "peer"),
        only("picocli..", "only the command line knows that there is one", ""),
        only("ch.qos.logback..", "everybody else logs through slf4j", ""),
        only(
            "org.slf4j..",
            "no logging inside decisions",
            "",
            "control",
            "proxy",
            "tls",
            "manifest",
            "kubernetes",
            "peer",
            "metrics",
            "journal",
            "tracing",
            "admin",
            "config",
            "tracing",
            "demo"),
        only(
            "io.netty..",
            "bytes move at the edge",
            "",
            "http1",
            "proxy",
            "tls",
            "peer",
            "admin",
            "demo"));
  }

  @Test
  void framingUsesBuffersOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".http1")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.netty..")
                .and(
                    describe(
                        "no buffers", type -> !type.getPackageName().startsWith("io.netty.buffer")))
                .and(
                    describe(
                        "no utilities",
                        type -> !type.getPackageName().startsWith("io.netty.util"))))
        .because("framing is pure: what it reads and writes is bytes")
        .check(CLASSES);
  }

  @Test
  void clockIsReadAtTheEdgeOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(0, 2))
        .should()
        .callMethodWhere(
            JavaCall.Predicates.target(
                describe(
                    "read a clock",
                    target ->
                        List.of("nanoTime", "currentTimeMillis", "systemUTC")
                                .contains(target.getName())
                            || (target.getName().equals("now")
                                && target.getOwner().getPackageName().equals("java.time")))))
        .because("time is an argument, so that tests run in virtual time")
        .check(CLASSES);
  }

  @Test
  void chanceIsAnArgument() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(0, 2))
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.security.SecureRandom")
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(Math.class, "random")
        .because("a test must be able to repeat what happened from its seed")
        .check(CLASSES);
  }

  @Test
  void pureLayersKnowNoThreads() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(0, 1))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .because("the monitors of dispatchers and rate limiters are all the locking there is")
        .check(CLASSES);
  }

  @Test
  void pureLayersDoNoInputOrOutput() {
    noClasses()
        .that()
        .resideInAnyPackage(packages(0, 1))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..")
        .because("decisions are pure, I/O stands at the edge")
        .check(CLASSES);
  }

  @Test
  void namesSayWhatAThingIs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "..")
        .should()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .because("such a name says that nobody knew what it is")
        .check(CLASSES);
  }

  @Test
  void everyPackageHasALayer() {
    assertThat(CLASSES.stream().map(type -> type.getPackageName()).distinct())
        .allSatisfy(
            name ->
                assertThat(
                        name.equals(ROOT)
                            || LAYERS.stream()
                                .flatMap(List::stream)
                                .anyMatch(known -> name.equals(ROOT + "." + known)))
                    .as(name)
                    .isTrue());
  }

  /** Allows {@code library} in the packages named; the root package is the empty name. */
  private static DynamicTest only(String library, String reason, String... names) {
    String[] allowed =
        Arrays.stream(names)
            .map(name -> name.isEmpty() ? ROOT : ROOT + "." + name)
            .toArray(String[]::new);
    return test(
        library,
        noClasses()
            .that()
            .resideOutsideOfPackages(allowed)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(library)
            .because(reason));
  }

  private static DynamicTest test(String name, ArchRule rule) {
    return DynamicTest.dynamicTest(name, () -> rule.check(CLASSES));
  }

  private static boolean exists(String name) {
    return CLASSES.stream().anyMatch(type -> type.getPackageName().equals(ROOT + "." + name));
  }

  private static String[] packages(int from, int to) {
    return LAYERS.subList(Math.min(from, LAYERS.size()), to + 1).stream()
        .flatMap(List::stream)
        .map(name -> ROOT + "." + name)
        .toArray(String[]::new);
  }
}
