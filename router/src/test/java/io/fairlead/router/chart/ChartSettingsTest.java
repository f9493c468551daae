package io.fairlead.router.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The settings of azureml-fe, as Helm takes them. */
class ChartSettingsTest {
  private static final String CERTIFICATE =
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  private static final String KEY =
      "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";
  private static final String LOCKED =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----\n";
  private static final String TYPE = "inferenceRouterServiceType=ClusterIP";
  private static final String PLAIN = "allowInsecureConnections=True";

  @TempDir Path directory;

  /** What is set, and what the refusal says. */
  private record Refused(String set, String sentence) {}

  private static final List<Refused> REFUSED =
      List.of(
          new Refused("", "inferenceRouterServiceType: missing (expected: how callers reach"),
          new Refused(
              "inferenceRouterServiceType=Ingress",
              "'Ingress' does not match pattern '^(?i)(LoadBalancer|NodePort|ClusterIP)$'"),
          new Refused(
              TYPE,
              "allowInsecureConnections: False without a certificate (expected: sslSecret=NAME, or"),
          new Refused(TYPE + ",allowInsecureConnections=maybe", "'^(?i)(true|false)$'"),
          new Refused(
              TYPE + "," + PLAIN + ",internalLoadBalancerProvider=azure",
              "internalLoadBalancerProvider: azure with inferenceRouterServiceType ClusterIP"
                  + " (expected: inferenceRouterServiceType=LoadBalancer, or no"),
          new Refused(
              "inferenceRouterServiceType=LoadBalancer,"
                  + PLAIN
                  + ",internalLoadBalancerProvider=x",
              "'x' does not match pattern '^(?i)(azure)$'"),
          new Refused(
              TYPE + ",sslSecret=certificate", "sslCname: missing (expected: the host name"),
          new Refused(
              TYPE + "," + PLAIN + ",sslCname=models.example.com",
              "sslCname: models.example.com without a certificate (expected: sslSecret, or"),
          new Refused(TYPE + ",sslSecret=a,sslCname=not a name", "sslCname"),
          new Refused(
              TYPE + ",sslCname=a.b,sslCertPemFile=@certificate",
              "sslKeyPemFile: missing beside sslCertPemFile (expected: the certificate's private"
                  + " key; add --set-file sslKeyPemFile=key.pem)"),
          new Refused(
              TYPE + ",sslCname=a.b,sslSecret=c,sslKeyPemFile=@key",
              "sslCertPemFile: missing beside sslKeyPemFile (expected: the certificate chain; add"),
          new Refused(
              TYPE + ",sslCname=a.b,sslCertPemFile=/etc/cert.pem,sslKeyPemFile=@key",
              "sslCertPemFile: not PEM (expected: the content of the file, not its path; use"
                  + " --set-file sslCertPemFile=cert.pem)"),
          new Refused(
              TYPE + ",sslCname=a.b,sslCertPemFile=@certificate,sslKeyPemFile=key.pem",
              "sslKeyPemFile: not PEM (expected: the content of the file, not its path; use"),
          new Refused(
              TYPE + ",sslCname=a.b,sslCertPemFile=@key,sslKeyPemFile=@certificate",
              "sslCertPemFile: no certificate in it (expected: the chain"),
          new Refused(
              TYPE + ",sslCname=a.b,sslCertPemFile=@certificate,sslKeyPemFile=@certificate",
              "sslKeyPemFile: no private key in it (expected: -----BEGIN PRIVATE KEY-----"),
          new Refused(
              TYPE + ",sslCname=a.b,sslCertPemFile=@certificate,sslKeyPemFile=@locked",
              "sslKeyPemFile: the key has a passphrase (expected: one without; openssl pkey"),
          new Refused(
              TYPE + "," + PLAIN + ",inferenceRouterHA=True,inferencerouterha=False",
              "inferenceRouterHA and inferencerouterha are the same setting (expected: one of"),
          new Refused(
              TYPE + "," + PLAIN + ",inferenceRouterHA=True,inferenceLoadBalancerHA=True",
              "inferenceLoadBalancerHA and inferenceRouterHA are the same setting"),
          new Refused(
              TYPE + "," + PLAIN + ",inferenceRouterHa2=True",
              "inferenceRouterHa2: unknown setting (expected: one of those that the chart's"
                  + " README.md lists; did you mean inferenceRouterHA?)"),
          new Refused(
              TYPE + "," + PLAIN + ",enableTraining=True",
              "enableTraining: unknown setting (expected: one of those that the chart's README.md"
                  + " lists)"),
          new Refused(
              TYPE + "," + PLAIN + ",Image.tag=1",
              "Image: unknown setting (expected: one of those that the chart's README.md lists;"
                  + " did you mean image?)"),
          new Refused(TYPE + "," + PLAIN + ",image.name=x", "additional properties 'name' not"),
          new Refused(TYPE + "," + PLAIN + ",haReplicas=1", "haReplicas"),
          new Refused(TYPE + "," + PLAIN + ",drainSeconds=-1", "drainSeconds"),
          new Refused(TYPE + "," + PLAIN + ",listenAddress=::1", "listenAddress"),
          new Refused(
              TYPE + "," + PLAIN + ",config.drainSeconds=5",
              "config.drainSeconds: set by the chart (expected: drainSeconds of the chart"),
          new Refused(
              TYPE + "," + PLAIN + ",config.tlsCert=/x",
              "config.tlsCert: set by the chart (expected: sslSecret or sslCertPemFile)"),
          new Refused(
              TYPE + "," + PLAIN + ",peers.certificate.source=certManager",
              "peers.certificate.issuerRef: missing (expected: {name: ISSUER"),
          new Refused(
              TYPE + "," + PLAIN + ",peers.certificate.source=secret",
              "peers.certificate.secretName: missing (expected: a Secret with ca.crt, tls.crt"),
          new Refused(
              TYPE + "," + PLAIN + ",serviceAccount.create=false",
              "serviceAccount.name: missing (expected: the service account to use"));

  @TestFactory
  Stream<DynamicTest> whatDoesNotGoTogetherIsRefusedWithASentence() {
    return REFUSED.stream()
        .map(
            refused ->
                DynamicTest.dynamicTest(
                    refused.set().isEmpty() ? "nothing" : refused.set(),
                    () -> {
                      Chart chart = Chart.attempt(options(refused.set()));
                      assertThat(chart.code()).as(chart.out()).isNotZero();
                      assertThat(chart.err()).contains(refused.sentence());
                    }));
  }

  @Test
  void noRefusalShowsAKey() throws Exception {
    Chart chart =
        Chart.attempt(
            options(TYPE + ",sslCname=a.b,sslCertPemFile=@key,sslKeyPemFile=@certificate"));

    assertThat(chart.err()).doesNotContain("MIIE");
  }

  @Test
  void namesAndWordsAreTakenInAnyLetterCase() throws Exception {
    Chart written =
        Chart.render(
            options(
                "inferenceRouterServiceType=LoadBalancer,internalLoadBalancerProvider=azure,"
                    + "allowInsecureConnections=True,inferenceRouterHA=False,sslSecret=c,"
                    + "sslCname=a.b,nodeSelector.pool=x,installPromOp=False"));
    Chart otherwise =
        Chart.render(
            options(
                "INFERENCEROUTERSERVICETYPE=loadbalancer,internalloadbalancerprovider=AZURE,"
                    + "AllowInsecureConnections=TRUE,inferenceloadbalancerha=false,SslSecret=c,"
                    + "sslcname=a.b,nodeselector.pool=x,installpromop=FALSE"));

    assertThat(otherwise.out()).isEqualTo(written.out());
  }

  @Test
  void theOldNameOfTheKeyIsTaken() throws Exception {
    Chart chart =
        Chart.render(
            options(TYPE + ",sslCname=a.b,sslCertPemFile=@certificate,sslCertKeyFile=@key"));

    Map<String, Object> secret = chart.get("Secret", "-tls");
    assertThat(Yaml.map(Yaml.at(secret, "data"))).containsOnlyKeys("cert.pem", "key.pem");
  }

  @Test
  void filesGoBeforeTheSecret() throws Exception {
    Chart chart =
        Chart.render(
            options(
                TYPE
                    + ",sslCname=a.b,sslSecret=given,sslCertPemFile=@certificate,"
                    + "sslKeyPemFile=@key"));

    assertThat(chart.out()).contains("rel-fairlead-tls").doesNotContain("secretName: given");
  }

  @Test
  void podsWithIpv6ListenAtItsAddressesToo() throws Exception {
    String both = TYPE + ",listenAddress=[::]," + PLAIN + ",sslSecret=c,sslCname=a.b";
    Chart chart = Chart.render(options(both));

    assertThat(chart.arguments())
        .contains("--admin=[::]:9090", "--http=[::]:8080", "--https=[::]:8443");
  }

  @Test
  void withoutPlainHttpOnlyTlsIsOffered() throws Exception {
    Chart chart = Chart.render(options(TYPE + ",sslSecret=c,sslCname=a.b"));

    assertThat(chart.arguments())
        .contains("--https=0.0.0.0:8443")
        .noneMatch(argument -> argument.startsWith("--http="));
    assertThat(chart.get("Service", "rel-fairlead").toString())
        .contains("port=443")
        .doesNotContain("port=80,");
  }

  @Test
  void threeRoutersUnlessOneIsAskedFor() throws Exception {
    Chart several = Chart.render(options(TYPE + "," + PLAIN));
    Chart one = Chart.render(options(TYPE + "," + PLAIN + ",inferenceRouterHA=False"));

    assertThat(Yaml.at(several.get("Deployment", ""), "spec", "replicas")).isEqualTo(3);
    assertThat(several.find("PodDisruptionBudget", "")).isPresent();
    assertThat(several.out()).contains("ScheduleAnyway").doesNotContain("DoNotSchedule");
    assertThat(Yaml.at(one.get("Deployment", ""), "spec", "replicas")).isEqualTo(1);
    assertThat(one.find("PodDisruptionBudget", "")).isEmpty();
    assertThat(one.find("Service", "-peers")).isEmpty();
  }

  @Test
  void theLoadBalancerOfAzureIsInternalAndProbesHealth() throws Exception {
    Chart chart =
        Chart.render(
            options(
                "inferenceRouterServiceType=LoadBalancer,internalLoadBalancerProvider=azure,"
                    + "sslSecret=c,sslCname=a.b"));

    Object annotations = Yaml.at(chart.get("Service", "rel-fairlead"), "metadata", "annotations");
    assertThat(Yaml.map(annotations))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "service.beta.kubernetes.io/azure-load-balancer-internal",
                "true",
                "service.beta.kubernetes.io/port_443_health-probe_request-path",
                "/healthz"));
  }

  @Test
  void prometheusObjectsNeedTheirDefinitions() throws Exception {
    String apis = "--api-versions=monitoring.coreos.com/v1";
    List<String> with = new ArrayList<>(Chart.PLAIN);
    with.add(apis);
    List<String> without = new ArrayList<>(with);
    without.add("--set=installPromOp=False");

    assertThat(Chart.render(Chart.PLAIN).find("ServiceMonitor", "")).isEmpty();
    assertThat(Chart.render(with).find("ServiceMonitor", "")).isPresent();
    assertThat(Chart.render(with).find("PrometheusRule", "")).isPresent();
    assertThat(Chart.render(without).find("ServiceMonitor", "")).isEmpty();
  }

  /** Turns {@code key=value,...} into options; {@code @certificate} and the like are files. */
  private List<String> options(String set) throws IOException {
    List<String> options = new ArrayList<>();
    for (String pair : set.isEmpty() ? new String[0] : set.split(",", -1)) {
      int at = pair.indexOf("=@");
      options.add(
          at < 0
              ? "--set=" + pair
              : "--set-file=" + pair.substring(0, at + 1) + file(pair.substring(at + 2)));
    }
    return options;
  }

  private Path file(String name) throws IOException {
    String content =
        switch (name) {
          case "certificate" -> CERTIFICATE;
          case "key" -> KEY;
          case "locked" -> LOCKED;
          default -> throw new IllegalArgumentException(name);
        };
    return Files.writeString(directory.resolve(name), content);
  }
}
