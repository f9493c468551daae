# Sourced by the programs that run bench/target/benchmarks.jar: builds it if needed, sets $java.
# shellcheck shell=bash

root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
jar=$root/bench/target/benchmarks.jar

jdk25() {
  local home
  for home in "${FAIRLEAD_JAVA_HOME:-/nonexistent}" "${JAVA_HOME:-/nonexistent}" /usr/lib/jvm/* /opt/java/* \
    "$HOME"/.sdkman/candidates/java/*; do
    if [ -x "$home/bin/javac" ] && grep -Eq '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$home/release" 2>/dev/null; then
      printf '%s\n' "$home"
      return
    fi
  done
  printf 'no JDK 25 or newer found: set FAIRLEAD_JAVA_HOME\n' >&2
  return 1
}

JAVA_HOME=$(jdk25) || exit 2
export JAVA_HOME
if [ ! -f "$jar" ] || [ -n "$(find "$root/pom.xml" "$root"/{bench,router,certs-dev}/{pom.xml,src/main} -newer "$jar" -print -quit)" ]; then
  printf 'building bench/target/benchmarks.jar (about a minute)...\n' >&2
  (cd "$root" && ./mvnw -q -DskipTests -Dspotless.check.skip=true -pl bench -am package) </dev/null >&2 || exit 2
fi

# the flags of ./fairlead: what is measured runs here as it runs there
java=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:CompileThresholdScaling=4
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -Dio.netty.leakDetection.level=disabled -Dio.netty.jfr.enabled=false)
