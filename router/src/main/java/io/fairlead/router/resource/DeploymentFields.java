package io.fairlead.router.resource;

import static io.fairlead.router.resource.CommonFields.CONDITIONS;
import static io.fairlead.router.resource.CommonFields.NAME_PATTERN;
import static io.fairlead.router.resource.CommonFields.OBJECT_NAME_PATTERN;
import static io.fairlead.router.resource.CommonFields.OBSERVED_GENERATION;
import static io.fairlead.router.resource.CommonFields.told;

import io.fairlead.router.model.RequestSettings;
import io.fairlead.router.model.ScaleOptions;
import io.fairlead.router.model.ScaleSettings;
import io.fairlead.router.model.Scoring;
import java.util.List;

/** Every field of {@code kind: OnlineDeployment}. */
public final class DeploymentFields {
  private static final int MOST_INSTANCES = ScaleSettings.MOST_INSTANCES;
  private static final String PATH_PATTERN = "^/[!-\"$&-:<->@-\\[\\]-~]*$";
  private static final RequestSettings SETTINGS = RequestSettings.DEFAULT;

  static final Field.Text NAME =
      new Field.Text(
          "name",
          NAME_PATTERN,
          3,
          32,
          null,
          "Its name, unique within its endpoint; by default metadata.name.");
  static final Field.Text ENDPOINT_NAME =
      new Field.Text("endpointName", NAME_PATTERN, 3, 32, null, "The endpoint that it belongs to.");
  static final Field.Labels MATCH_LABELS =
      new Field.Labels("matchLabels", 20, "Labels that a pod must have, all of them.");
  static final Field.Section SELECTOR =
      new Field.Section(
          "selector",
          List.of(MATCH_LABELS),
          List.of("matchLabels"),
          List.of(),
          "Which pods of the namespace are its replicas; by default those labelled"
              + " ml.azure.com/endpoint-name and ml.azure.com/deployment-name.");
  static final Field.Texts ADDRESSES =
      new Field.Texts(
          "addresses",
          new Field.Text(
              "address",
              "^(localhost|[0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}\\]):[0-9]{1,5}$",
              9,
              64,
              null,
              "An address."),
          1000,
          "Its replicas instead of a selector: IPv4:port, [IPv6]:port or localhost:port.");

  static final Field.Whole PORT =
      new Field.Whole(
          "port", (long) Scoring.DEFAULT.port(), 1, 65_535, "The port of pods found by label.");
  static final Field.Text PATH =
      new Field.Text(
          "path",
          PATH_PATTERN,
          1,
          1024,
          Scoring.DEFAULT.path(),
          "The path in the model that scores.");
  static final Field.Word PROTOCOL =
      new Field.Word(
          "protocol",
          List.of("http1", "h2c"),
          "http1",
          "What the model speaks; h2c is HTTP/2 in clear text with prior knowledge, gRPC too.");
  static final Field.Text HEALTH_PATH =
      new Field.Text(
          "healthPath",
          PATH_PATTERN,
          1,
          1024,
          null,
          "Asked of replicas given by address, to tell whether they are well; by default never.");
  static final Field.Section SCORING =
      new Field.Section(
          "scoring",
          List.of(PORT, PATH, PROTOCOL, HEALTH_PATH),
          List.of(),
          List.of(),
          "Where and how a replica is asked.");

  static final Field.Whole REQUEST_TIMEOUT_MS =
      new Field.Whole(
          "requestTimeoutMs",
          SETTINGS.requestTimeout().toMillis(),
          1,
          300_000,
          "From the last byte of the request to the last of the response; of one that streams, to"
              + " its first.");
  static final Field.Whole MAX_CONCURRENT_REQUESTS =
      new Field.Whole(
          "maxConcurrentRequestsPerInstance",
          (long) SETTINGS.maxConcurrentRequestsPerInstance(),
          0,
          100_000,
          "Requests that a replica has in flight at most; 0 for no limit.");
  static final Field.Whole MAX_QUEUE_WAIT_MS =
      new Field.Whole(
          "maxQueueWaitMs",
          SETTINGS.maxQueueWait().toMillis(),
          0,
          300_000,
          "Longest wait for a free slot.");
  static final Field.Whole MAX_QUEUE_LENGTH =
      new Field.Whole(
          "maxQueueLength",
          null,
          0,
          1_000_000,
          "Requests that may wait; by default as many as all ready replicas may have in flight.");
  static final Field.Whole BODY_PREFIX_BYTES =
      new Field.Whole(
          "bodyPrefixBytes",
          (long) SETTINGS.bodyPrefixBytes(),
          0,
          1_048_576,
          "How much of a body is received before a slot is taken.");
  static final Field.Word ON_CLIENT_GONE =
      new Field.Word(
          "onClientGone",
          List.of("hold", "cancel"),
          null,
          "Whether a request whose caller has left keeps its slot until the model is done; by"
              + " default it does if there is a limit.");
  static final Field.Flag IDEMPOTENT =
      new Field.Flag(
          "idempotent", "Whether a request that may have been started may be sent again.");
  static final Field.Flag HEDGING =
      new Field.Flag(
          "hedging", "Whether another replica may be asked as well when the first is slow.");
  static final Field.Word COORDINATION =
      new Field.Word(
          "coordination",
          List.of("available", "strict"),
          "available",
          "What routers do that cannot reach the coordinator: go on with a share of the slots, or"
              + " wait.");
  static final Field.Section REQUEST_SETTINGS =
      new Field.Section(
          "requestSettings",
          List.of(
              REQUEST_TIMEOUT_MS,
              MAX_CONCURRENT_REQUESTS,
              MAX_QUEUE_WAIT_MS,
              MAX_QUEUE_LENGTH,
              BODY_PREFIX_BYTES,
              ON_CLIENT_GONE,
              IDEMPOTENT,
              HEDGING,
              COORDINATION),
          List.of(),
          List.of(
              new Field.Rule(
                  "!self.hedging || self.idempotent", "hedging: true needs idempotent: true")),
          "How much it takes at once, and how long its callers wait.");

  static final Field.Word SCALE_TYPE =
      new Field.Word(
          "type",
          List.of("Default", "TargetUtilization"),
          "Default",
          "Whether the router scales it, by how busy its replicas are.");
  static final Field.Whole MIN_INSTANCES =
      new Field.Whole("minInstances", 1L, 0, MOST_INSTANCES, "Fewest replicas.");
  static final Field.Whole MAX_INSTANCES =
      new Field.Whole(
          "maxInstances",
          null,
          0,
          MOST_INSTANCES,
          "Most replicas; by default 1, or minInstances if that is more.");
  static final Field.Whole TARGET_UTILIZATION =
      new Field.Whole(
          "targetUtilizationPercentage", 70L, 1, 100, "How busy replicas are meant to be.");
  static final Field.Whole POLLING_INTERVAL =
      new Field.Whole("pollingInterval", 1L, 1, 3600, "Seconds between two decisions.");
  static final Field.Word SCALE_MODE =
      new Field.Word(
          "mode",
          List.of("active", "advisory"),
          "active",
          "Whether a decision is carried out, or only told.");
  static final Field.Whole MAX_STEP =
      new Field.Whole(
          "maxStep",
          null,
          1,
          MOST_INSTANCES,
          "Replicas that one decision adds or removes at most; by default it doubles or halves.");
  static final Field.Flag COUNT_STARTING =
      new Field.Flag(
          "countStarting",
          "Whether requests that wait call for no replica where one that is starting will take"
              + " them.");
  static final Field.Flag PANIC =
      new Field.Flag(
          "panic", "Whether a step of the load is answered at once with what its arrivals need.");
  static final Field.Whole COLD_START_WAIT_MS =
      new Field.Whole(
          "coldStartWaitMs",
          ScaleOptions.USUAL_COLD_START_WAIT.toMillis(),
          0,
          300_000,
          "Longest wait of a request for the first replica, where minInstances is 0.");
  static final Field.Text FLOOR_NAME =
      new Field.Text("name", "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 1, 63, null, "What it is called.");
  static final Field.Texts FLOOR_DAYS =
      new Field.Texts(
          "days",
          new Field.Text(
              "day", "^(" + String.join("|", ScheduleFields.DAYS) + ")$", 3, 3, null, "A day."),
          7,
          "Days on which it begins: Mon, Tue, Wed, Thu, Fri, Sat, Sun; by default all.");
  private static final String TIME_PATTERN = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
  static final Field.Text FLOOR_FROM =
      new Field.Text("from", TIME_PATTERN, 5, 5, null, "When it begins, such as \"07:30\".");
  static final Field.Text FLOOR_UNTIL =
      new Field.Text(
          "until",
          TIME_PATTERN,
          5,
          5,
          null,
          "When it ends; on the next day unless that is after its beginning.");
  static final Field.Text FLOOR_ZONE =
      new Field.Text(
          "timeZone",
          "^[A-Za-z0-9_+/:-]*$",
          1,
          64,
          "UTC",
          "Whose clocks these are, such as Europe/Berlin.");
  static final Field.Whole FLOOR_INSTANCES =
      new Field.Whole("minInstances", null, 1, MOST_INSTANCES, "Fewest replicas meanwhile.");
  static final Field.Sections SCHEDULE =
      new Field.Sections(
          "schedule",
          new Field.Section(
              "floor",
              List.of(FLOOR_NAME, FLOOR_DAYS, FLOOR_FROM, FLOOR_UNTIL, FLOOR_ZONE, FLOOR_INSTANCES),
              List.of("name", "from", "until", "minInstances"),
              List.of(),
              "A time of the week."),
          "name",
          ScaleOptions.MOST_FLOORS,
          "Times in which there are more replicas at least, up to maxInstances.");
  static final Field.Section SCALE_SETTINGS =
      new Field.Section(
          "scaleSettings",
          List.of(
              SCALE_TYPE,
              MIN_INSTANCES,
              MAX_INSTANCES,
              TARGET_UTILIZATION,
              POLLING_INTERVAL,
              SCALE_MODE,
              MAX_STEP,
              COUNT_STARTING,
              PANIC,
              COLD_START_WAIT_MS,
              SCHEDULE),
          List.of(),
          List.of(
              new Field.Rule(
                  "!has(self.maxInstances) || self.maxInstances >= self.minInstances",
                  "maxInstances must not be less than minInstances")),
          "How many replicas there are.");
  static final Field.Whole INSTANCE_COUNT =
      new Field.Whole(
          "instanceCount", 1L, 0, MOST_INSTANCES, "Replicas wanted; what its scale says.");
  static final Field.Text TARGET_KIND =
      new Field.Text(
          "kind", "^[A-Z][a-zA-Z0-9]{0,62}$", 1, 63, null, "Its kind, such as Deployment.");
  static final Field.Text TARGET_NAME =
      new Field.Text("name", OBJECT_NAME_PATTERN, 1, 253, null, "Its name.");
  static final Field.Section SCALE_TARGET_REF =
      new Field.Section(
          "scaleTargetRef",
          List.of(TARGET_KIND, TARGET_NAME),
          List.of("kind", "name"),
          List.of(),
          "What is scaled in its place, such as the Deployment that makes its pods.");

  /** What a deployment says. */
  public static final Field.Section SPEC =
      new Field.Section(
          "spec",
          List.of(
              NAME,
              ENDPOINT_NAME,
              SELECTOR,
              ADDRESSES,
              SCORING,
              REQUEST_SETTINGS,
              SCALE_SETTINGS,
              INSTANCE_COUNT,
              SCALE_TARGET_REF),
          List.of("endpointName"),
          List.of(
              new Field.Rule(
                  "!(has(self.selector) && has(self.addresses))",
                  "selector and addresses must not be given both")),
          "One version of a model behind an endpoint.");

  private static final Field.Section LAST_SCALE =
      new Field.Section(
          "lastScale",
          List.of(
              new Field.Time("time", "When it was decided."),
              new Field.Whole("from", null, 0, 1_000_000, "Replicas before."),
              new Field.Whole("to", null, 0, 1_000_000, "Replicas wanted."),
              told("reason", 1024, "The rule that fired, as one word in CamelCase."),
              told("message", 32_768, "The numbers behind it.")),
          List.of("time", "to", "reason"),
          List.of(),
          "The last decision to scale it.");

  /** What the router says of a deployment. */
  public static final Field.Section STATUS =
      new Field.Section(
          "status",
          List.of(
              OBSERVED_GENERATION,
              new Field.Whole("replicas", null, 0, 1_000_000, "Its replicas."),
              new Field.Whole("readyReplicas", null, 0, 1_000_000, "Those that may get requests."),
              told("selector", 4096, "The label selector of its pods, for its scale."),
              CONDITIONS,
              LAST_SCALE),
          List.of(),
          List.of(),
          "What the router says of it.");

  /** What the whole resource must fulfil. */
  public static final List<Field.Rule> RULES =
      List.of(
          new Field.Rule(
              "has(self.spec.name) || (self.metadata.name.size() >= 3"
                  + " && self.metadata.name.size() <= 32 && self.metadata.name.matches('"
                  + NAME_PATTERN
                  + "'))",
              "metadata.name must have 3 to 32 letters, digits or '-', start with a letter and not"
                  + " end with '-'; or give spec.name"),
          new Field.Rule(
              "(has(self.spec.name) ? self.spec.name.size() : self.metadata.name.size())"
                  + " + self.spec.endpointName.size() <= 62",
              "the names of the deployment and of its endpoint must have 62 characters at most"
                  + " together"));

  private DeploymentFields() {}
}
