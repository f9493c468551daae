package io.fairlead.router;

import io.fairlead.router.config.KubernetesOptions;
import io.fairlead.router.config.LeaseOptions;
import io.fairlead.router.config.LimitOptions;
import io.fairlead.router.config.ObserveOptions;
import io.fairlead.router.config.Option;
import io.fairlead.router.config.Options;
import io.fairlead.router.config.PeerOptions;
import io.fairlead.router.config.ReplayOptions;
import io.fairlead.router.config.TokenOptions;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands and their options, made from the tables of the configuration. */
final class CommandLineModel {
  private static final int WIDTH = 100;
  private static final List<Option<?>> SEVERAL_ROUTERS =
      Stream.concat(LeaseOptions.ALL.stream(), PeerOptions.ALL.stream()).toList();

  private CommandLineModel() {}

  static CommandSpec make(String version) {
    CommandSpec serve =
        command("serve", Options.SERVE, "Routes to the models that files or a cluster name.")
            .addArgGroup(group("Kubernetes", KubernetesOptions.ALL))
            .addArgGroup(group("Several routers", SEVERAL_ROUTERS))
            .addArgGroup(group("Observation", ObserveOptions.ALL))
            .addArgGroup(group("Limits", LimitOptions.ALL));
    serve
        .usageMessage()
        .footer(
            "",
            "Each option is also a variable (FAIRLEAD_TLS_CERT) and a key of the file (tlsCert).",
            "An option goes before a variable, a variable before the file.",
            "Only the listeners named are opened. An ADDR with port 0 takes a free port.");
    CommandSpec root = CommandSpec.wrapWithoutInspection(new Object()).name("fairlead");
    root.version("fairlead " + version);
    describe(root, "Routes requests for machine-learning models to their replicas.");
    root.usageMessage()
        .customSynopsis(
            "",
            "  fairlead demo    [--replicas N] [--routers N] [--http ADDR] [--https ADDR]"
                + " [--admin ADDR] [--model-time TIME]",
            "  fairlead serve   --manifests DIR | --kubernetes [--kubeconfig FILE] [--namespace NS"
                + " ...]",
            "                   [--config FILE] [--http ADDR] [--https ADDR] [--admin ADDR]",
            "                   [--tls-cert FILE --tls-key FILE] [--error-profile WORD] ...",
            "  fairlead check   --manifests DIR",
            "  fairlead token   keygen|issue|key ...",
            "  fairlead replay  --trace FILE [--manifests DIR] ...",
            "  fairlead version",
            "");
    root.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Says which version this is.")
            .build());
    root.addSubcommand(
        "demo",
        command("demo", Options.DEMO, "Runs everything on this machine: models, TLS, router."));
    root.addSubcommand("serve", serve);
    root.addSubcommand(
        "check",
        command("check", Options.CHECK, "Says every problem of the manifests; exit 1 if any."));
    root.addSubcommand("token", token());
    root.addSubcommand(
        "replay",
        command(
            "replay",
            ReplayOptions.REPLAY,
            "Says what autoscaling would have done with a load, under several policies."));
    root.addSubcommand("version", command("version", List.of(), "Says which version this is."));
    return root;
  }

  private static CommandSpec token() {
    CommandSpec token =
        command("token", List.of(), "Makes keys and tokens, for tests and small installations.");
    token.addSubcommand(
        "keygen",
        command(
            "keygen",
            TokenOptions.KEYGEN,
            "Makes a key that signs tokens; writes over no file, and the private half for its"
                + " owner's eyes only."));
    token.addSubcommand(
        "issue",
        command("issue", TokenOptions.ISSUE, "Says a token for an endpoint of authMode AMLToken."));
    token.addSubcommand(
        "key",
        command(
            "key",
            TokenOptions.ENDPOINT_KEY,
            "Says a random key for an endpoint of authMode Key."));
    return token;
  }

  private static CommandSpec command(String name, List<Option<?>> options, String sentence) {
    CommandSpec command = CommandSpec.wrapWithoutInspection(new Object()).name(name);
    describe(command, sentence);
    options.forEach(option -> command.addOption(spec(option)));
    return command;
  }

  private static void describe(CommandSpec command, String sentence) {
    command.usageMessage().description(sentence).width(WIDTH).abbreviateSynopsis(true);
    command.usageMessage().sortOptions(false);
    command.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Says this.").build());
  }

  private static ArgGroupSpec group(String title, List<Option<?>> options) {
    ArgGroupSpec.Builder group =
        ArgGroupSpec.builder().heading("%n" + title + ":%n").validate(false).exclusive(false);
    options.forEach(option -> group.addArg(spec(option)));
    return group.build();
  }

  private static OptionSpec spec(Option<?> option) {
    OptionSpec.Builder spec =
        OptionSpec.builder(option.option())
            .type(option.isList() ? String[].class : String.class)
            .paramLabel(option.isFlag() ? "true|false" : option.placeholder())
            .description(option.help().replace("%", "%%"))
            .showDefaultValue(Help.Visibility.NEVER);
    return option.isFlag() ? spec.arity("0..1").fallbackValue("true").build() : spec.build();
  }
}
