package io.fairlead.router.proxy;

import io.fairlead.router.model.ErrorProfile;
import java.io.IOException;

/** What a caller speaks and which profile the router has: rules that hold for all four. */
enum Way {
  HTTP1_KUBERNETES(OpenCall.Version.HTTP1, ErrorProfile.KUBERNETES),
  HTTP1_MANAGED(OpenCall.Version.HTTP1, ErrorProfile.MANAGED),
  HTTP2_KUBERNETES(OpenCall.Version.HTTP2, ErrorProfile.KUBERNETES),
  HTTP2_MANAGED(OpenCall.Version.HTTP2, ErrorProfile.MANAGED);

  final OpenCall.Version version;
  final ErrorProfile profile;

  Way(OpenCall.Version version, ErrorProfile profile) {
    this.version = version;
    this.profile = profile;
  }

  boolean isHttp1() {
    return version == OpenCall.Version.HTTP1;
  }

  /** Starts the router in front of one replica. */
  FakeReplica start(Stage stage) throws IOException {
    stage.setup.profile = profile;
    FakeReplica replica = stage.replica();
    stage.start(replica);
    return replica;
  }

  /** Starts the router in front of a replica that answers when told to. */
  FakeReplica startWorking(Stage stage) throws IOException {
    return start(stage).always(Script.respondOnGo(FakeReplica.OK));
  }

  /** Sends a request without a body on a connection of its own and reads its answer. */
  Answer ask(Stage stage, String method, String target, String... fields) throws IOException {
    Asker.Version asked = Asker.Version.valueOf(version.name());
    try (Asker asker = asked.connect(stage.port())) {
      return asker.ask(method, target, "", fields);
    }
  }
}
