# The image of the router: a runtime of Java with what it needs, the program, and a start-up cache.
#
#   docker build -t fairlead .          dev/build-image builds and tries it without a registry
#
# BUILD_IMAGE has a JDK 25, BASE_IMAGE a C library; both can be others, from wherever images are kept.
ARG BUILD_IMAGE=eclipse-temurin:25-jdk
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
ARG COMMIT=unknown
WORKDIR /src
COPY . .
# -Psbom writes target/sbom.json: what is inside, as CycloneDX
RUN ./mvnw -q -Psbom -Dmaven.test.skip=true -Dspotless.check.skip=true -Dgit.commit.id.abbrev="$COMMIT" \
      -pl router -am package
RUN "${JAVA_HOME:-/opt/java/openjdk}/bin/jlink" \
      --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.jfr,jdk.management,jdk.unsupported \
      --strip-java-debug-attributes --no-header-files --no-man-pages --compress=zip-6 --output /out/java \
 && mkdir -p /out/app/native \
 && cp router/target/fairlead-router.jar /out/app/ \
 && cp -r router/target/lib /out/app/lib \
 && cp "router/target/native/"*"$(uname -m | sed 's/aarch64/aarch_64/')".so /out/app/native/ \
 && cp target/sbom.json /out/app/

FROM ${BASE_IMAGE}
COPY --from=build /out/ /opt/fairlead/
# Netty's native parts are found here, not unpacked: the root may be read-only. The collector, the layout of objects
# and the class path must be the same when the cache is trained and when it is used, so they are said once.
RUN printf '%s\n' \
      -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData \
      -Xms16m -XX:NewSize=10m -XX:SurvivorRatio=3 -XX:MaxRAMPercentage=35 -XX:ReservedCodeCacheSize=64m -XX:CompileThresholdScaling=4 \
      -Xlog:disable -Xlog:all=warning:stderr \
      -Dio.netty.leakDetection.level=disabled -Dio.netty.jfr.enabled=false \
      -Djava.library.path=/opt/fairlead/app/native \
      --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
      -cp /opt/fairlead/app/fairlead-router.jar >/opt/fairlead/app/java.options
# Trained here, in the layer that is shipped: a cache is good for a jar of one size and one time. A user without a
# name runs it, as will the router.
RUN /opt/fairlead/java/bin/java @/opt/fairlead/app/java.options io.fairlead.router.Training \
      /opt/fairlead/java/bin/java @/opt/fairlead/app/java.options -XX:AOTCacheOutput=/opt/fairlead/app/fairlead.aot \
      io.fairlead.router.Main \
 && /opt/fairlead/java/bin/java @/opt/fairlead/app/java.options -XX:AOTCache=/opt/fairlead/app/fairlead.aot -XX:AOTMode=on \
      io.fairlead.router.Main version
USER 65532:65532
EXPOSE 8080 8443 9001 9090
ENTRYPOINT ["/opt/fairlead/java/bin/java", "@/opt/fairlead/app/java.options", "-XX:AOTCache=/opt/fairlead/app/fairlead.aot", "io.fairlead.router.Main"]
CMD ["serve"]
