package io.fairlead.router.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.router.http.FieldId;
import io.fairlead.router.http.Head;
import org.jspecify.annotations.Nullable;

/** The fields that the router itself puts on every response (section 5 of the contract). */
final class ResponseFields {
  private static final byte[] REQUEST_ID = name("x-request-id");
  private static final byte[] CLIENT_REQUEST_ID = name("x-ms-client-request-id");
  private static final byte[] DEPLOYMENT = name("azureml-model-deployment");
  private static final byte[] MODEL_TIME = name("ms-azureml-model-time");
  private static final byte[] MODEL_STATUS = name("ms-azureml-model-error-statuscode");
  private static final byte[] MODEL_REASON = name("ms-azureml-model-error-reason");
  private static final String SCRIPT_FAILED = "script_failed";
  private static final String MODEL_ERROR = "model_error";
  private static final byte[] SCRIPT_FAILED_BYTES = name(SCRIPT_FAILED);
  private static final byte[] MODEL_ERROR_BYTES = name(MODEL_ERROR);

  private ResponseFields() {}

  private static byte[] name(String text) {
    return text.getBytes(US_ASCII);
  }

  /** Adds to a model's response who answered, how long it took and what it did wrong. */
  static void add(Head head, Exchange exchange, long modelNanos) {
    addIds(head, exchange.identity);
    exchange.route.markForPages(exchange.request, head);
    byte[] deployment = exchange.route.target().name();
    head.addField(FieldId.AZUREML_MODEL_DEPLOYMENT, DEPLOYMENT, deployment, deployment.length);
    addNumber(head, MODEL_TIME, modelNanos / 1_000_000);
    if (!isWell(head)) {
      addNumber(head, MODEL_STATUS, head.status());
      byte[] reason = scriptFailed(head) ? SCRIPT_FAILED_BYTES : MODEL_ERROR_BYTES;
      head.addField(FieldId.MS_AZUREML, MODEL_REASON, reason, reason.length);
    }
  }

  /** Returns what a model did wrong that answers so; null where nothing. */
  static @Nullable String modelReason(Head head) {
    if (isWell(head)) {
      return null;
    }
    return scriptFailed(head) ? SCRIPT_FAILED : MODEL_ERROR;
  }

  /** A model that agrees to a WebSocket (101) has done what it was asked for. */
  private static boolean isWell(Head head) {
    int status = head.status();
    return status == 101 || (status >= 200 && status <= 299);
  }

  /** The reference server says whether its script or the server itself made the answer. */
  private static boolean scriptFailed(Head head) {
    int field = head.find(FieldId.X_MS_RUN_FUNCTION_FAILED);
    return field >= 0 && head.valueIs(field, "true");
  }

  /** Adds the ids of the request. */
  static void addIds(Head head, RequestIdentity identity) {
    head.addField(FieldId.X_REQUEST_ID, REQUEST_ID, identity.id, identity.id.length);
    if (identity.clientIdLength() > 0) {
      head.addField(
          FieldId.X_MS_CLIENT_REQUEST_ID,
          CLIENT_REQUEST_ID,
          identity.clientId,
          identity.clientIdLength());
    }
  }

  private static void addNumber(Head head, byte[] name, long number) {
    int nameStart = head.length();
    int valueStart = nameStart + name.length;
    byte[] to = head.reserve(name.length + 20);
    System.arraycopy(name, 0, to, nameStart, name.length);
    int at = valueStart;
    long rest = number;
    long unit = 1;
    while (rest / unit >= 10) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      to[at++] = (byte) ('0' + rest / unit % 10);
    }
    head.length(at);
    head.addField(FieldId.MS_AZUREML, nameStart, valueStart, valueStart, at);
  }
}
