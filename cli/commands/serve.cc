#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "cli/app/read_app.h"
#include "cli/base/digest.h"
#include "cli/base/limits.h"
#include "cli/base/print.h"
#include "cli/base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/isolate_options.h"
#include "cli/commands/model_for_output.h"
#include "cli/commands/options.h"
#include "cli/engine/usable_threads.h"
#include "cli/runs/output_version.h"
#include "cli/serve/reloader.h"
#include "cli/serve/server.h"

namespace verger::cli {
namespace {

struct Options {
  std::string out;
  std::string app;
  std::string model;
  ModelChoice choice;
  ServerOptions server;
  std::vector<std::string> hosts;
  int client_connections = -1;  // -1: by the address listened at
  double client_rate = -1;
  int connections = 4096;
  int queue = 256;
  int batch = 4;
  int threads = 0;
  std::int64_t max_pixels = 64'000'000;
  std::int64_t max_bytes = std::int64_t{32} << 20;
  std::int64_t body_memory = std::int64_t{256} << 20;
  double idle = 30;
  double head = 10;
  double body = 60;
  double request = 90;
  double grace = 30;
  double reload_every = 2;
  IsolateOptions isolate;
  verger_decoder decoder{};  // of a running isolation
  bool no_similar = false;
  bool quiet = false;
  S3Options s3;
};

std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(1000 * seconds));
}

// What one photo may be, and who waits for how long.
ServerOptions SettingsOf(const Options& options) {
  ServerOptions settings = options.server;
  // Clients of the loopback are this machine's own programs, or a proxy that knows its clients.
  const bool loopback = IsLoopback(settings.listen);
  settings.clients.connections = options.client_connections >= 0 ? options.client_connections
                                 : loopback                      ? 0
                                                                 : 64;
  settings.clients.rate = options.client_rate >= 0 ? options.client_rate : loopback ? 0 : 50;
  settings.connections = static_cast<std::size_t>(options.connections);
  settings.body_bytes = static_cast<std::size_t>(std::max(options.body_memory, options.max_bytes));
  settings.idle = Milliseconds(options.idle);
  settings.head = Milliseconds(options.head);
  settings.body = Milliseconds(options.body);
  settings.request = Milliseconds(options.request);
  settings.grace = Milliseconds(options.grace);
  return settings;
}

RouterOptions RouterOf(const Options& options) {
  RouterOptions router{static_cast<std::uint64_t>(options.max_bytes), !options.no_similar,
                       !options.app.empty(), options.hosts};
  // A name that is looked up for other machines is theirs to choose.
  if (!IsLoopback(options.server.listen)) return router;
  const std::string& listen = options.server.listen;
  router.hosts.insert(router.hosts.end(),
                      {"localhost", "127.0.0.1", "[::1]", listen.substr(0, listen.rfind(':'))});
  return router;
}

// Nothing of a photo is written to a disk, not even if the program fails: no core dump.
void ForbidCoreDumps() {
  ::prctl(PR_SET_DUMPABLE, 0);
  const struct rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

void AllowManyFiles() {
  struct rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

void OpenEngines(const Output& output, const Options& options, ServedOutput& served) {
  const PhotoEngineOptions settings{UsableThreads(options.threads), options.batch,
                                    options.max_pixels, options.max_bytes, options.decoder};
  const OpenedModel model = ModelOfOutput(output, options.model, options.choice);
  served.views = model.views;
  served.engine = std::make_shared<PhotoEngine>(*model.handle, settings);
  served.one_view = served.engine;
  if (served.views == 1) return;
  const OpenedModel one = OneViewOfOutput(output, options.model, options.choice);
  served.one_view = std::make_shared<PhotoEngine>(*one.handle, settings);
}

void OpenClassifier(const Output& output, ServedOutput& served) {
  const auto file = output.place().ReadIfPresent(kClassifier);
  const std::string out = output.place().PathOf("");
  if (!file) {
    return Warn(fmt::format("{}: no classifier there: run verger train; it is loaded then", out));
  }
  served.classifier = LoadClassifier(output, *file);
  served.classifier_sha256 = Sha256Hex(*file);
  if (const std::string note = CheckClassifier(output, *served.classifier); !note.empty()) {
    Warn(fmt::format("{}: {}", out, note));
  }
  served.classification = std::make_unique<Classification>(output, *served.classifier);
}

// What `before` has and has not changed is used again.
Served Load(const std::shared_ptr<Place>& place, const Options& options, const Served& before) {
  const std::string version = OutputVersion(*place);
  return ReadLatest(place, [&](const Output& output) {
    auto served = std::make_shared<ServedOutput>();
    served->version = version;
    served->manifest = output.state().version;
    served->network = output.Extracted().model;
    if (before && before->network.SameFeatures(served->network)) {
      served->views = before->views;
      served->engine = before->engine;
      served->one_view = before->one_view;
    } else {
      OpenEngines(output, options, *served);
    }
    OpenClassifier(output, *served);
    if (!options.app.empty()) {
      served->files = std::make_shared<StaticFiles>(ReadApp(*OpenPlace(options.app, options.s3)));
    }
    if (options.no_similar) return served;
    served->index =
        before && before->index && before->manifest == served->manifest
            ? before->index
            : std::make_shared<SimilarIndex>(output, "cosine", UsableThreads(options.threads));
    return served;
  });
}

void Run(Options options) {
  const ServerOptions settings = SettingsOf(options);  // before anything is loaded
  ForbidCoreDumps();
  AllowManyFiles();
  const std::unique_ptr<Isolation> isolation = options.isolate.Start(options.max_pixels);
  options.decoder = DecoderOf(isolation);
  const std::shared_ptr<Place> place = OpenPlace(options.out, options.s3);
  const LoadOutput load = [&](const Served& before) { return Load(place, options, before); };
  const Served served = load(nullptr);
  Metrics metrics;
  AccessLog log(options.quiet ? -1 : STDERR_FILENO);
  const BatcherOptions batcher{.workers = served->engine->callers(),
                               .most_waiting = static_cast<std::size_t>(options.queue),
                               .batch = static_cast<std::size_t>(options.batch)};
  Api api(served, {RouterOf(options), batcher}, metrics);
  Reloader reloader(place, Milliseconds(options.reload_every), load, api, metrics);
  Serve(
      settings, api, metrics, log,
      [&](const std::string& url) {
        if (!IsLoopback(settings.listen)) {
          Warn(
              "photos come unencrypted from other machines: put a proxy with TLS in front, see "
              "docs/serve.md");
        }
        Print(fmt::format("Serving {} at {}\n", place->PathOf(""), url));
        if (isolation) {
          Print(fmt::format("Isolation of decoders: {}\n", fmt::join(isolation->layers(), ", ")));
        }
      },
      [&] { reloader.LoadNow(); });
}

void AddLimits(Command& command, Options& options) {
  constexpr const char* kGroup = "Limits";
  command.AddOption("--max-pixels", &options.max_pixels, "Refuse photos of more pixels")
      .Between(std::int64_t{1}, Limits().largest_max_pixels)
      .ShowDefault()
      .Group(kGroup);
  command.AddOption("--max-bytes", &options.max_bytes, "Refuse photos of more bytes")
      .Between(std::int64_t{1}, Limits().largest_max_bytes)
      .ShowDefault()
      .Group(kGroup);
  command
      .AddOption("--body-memory", &options.body_memory,
                 "Bytes of all photos that are on their way or wait; more are refused")
      .Between(std::int64_t{1} << 20, std::int64_t{1} << 40)
      .ShowDefault()
      .Group(kGroup);
  command.AddOption("--queue", &options.queue, "Photos that wait; more are refused")
      .Between(1, 1'000'000)
      .ShowDefault()
      .Group(kGroup);
  command.AddOption("--connections", &options.connections, "Connections of all clients")
      .Between(1, 1'000'000)
      .ShowDefault()
      .Group(kGroup);
  command
      .AddOption("--client-connections", &options.client_connections,
                 "Connections of one client, 0: any number; by default 64, on the loopback 0")
      .Between(0, 1'000'000)
      .Group(kGroup);
  command
      .AddOption("--client-rate", &options.client_rate,
                 "Photos per second of one client, 0: any number; by default 50, on the loopback 0")
      .Between(0.0, 1e6)
      .Group(kGroup);
}

void AddDeadlines(Command& command, Options& options) {
  static constexpr const char* kGroup = "Deadlines, in seconds";
  const auto add = [&](const char* name, double& value, const char* help) {
    command.AddOption(name, &value, help).Between(0.05, 86'400.0).ShowDefault().Group(kGroup);
  };
  add("--idle-timeout", options.idle, "Between the requests of a connection");
  add("--header-timeout", options.head, "Until the header of a request is there");
  add("--body-timeout", options.body, "From there until the photo is there");
  add("--request-timeout", options.request, "From a request's first byte to its answer's last");
  add("--grace", options.grace, "For requests in flight when the server is stopped");
}

}  // namespace

void AddServeCommand(Command& program) {
  auto options = std::make_shared<Options>();
  Command command = program.AddCommand(
      "serve", "Serve OUT over HTTP: photos to labels, similar photos and features");
  command.AddOption("OUT", &options->out, "Folder or s3://bucket/prefix that verger run made")
      .Required()
      .TakesFolder();
  command.AddOption("--listen", &options->server.listen, "Address and port; port 0: any free one")
      .ShowDefault();
  command.AddOption(
      "--allow-host", &options->hosts,
      "Names by which clients may address the server, as a proxy passes them on in Host; "
      "by default localhost and the loopback's addresses, and any name with another "
      "--listen");
  command
      .AddOption("--reload-every", &options->reload_every,
                 "Seconds between looks for a new version of OUT; SIGHUP loads it at once")
      .Between(0.1, 86'400.0)
      .ShowDefault();
  command
      .AddOption("--app", &options->app,
                 "Folder that verger app made: serve the phone app at / as well")
      .TakesFolder();
  command.AddFlag("--no-similar", &options->no_similar,
                  "No /v1/similar: saves some 6 kB of memory per photo of OUT");
  command.AddOption("--batch", &options->batch, "Photos per batch of the network under load")
      .Between(1, 64)
      .ShowDefault();
  AddNetworkOfOutput(command, "--model", options->model, options->choice);
  AddThreads(command, options->threads);
  AddOptions(command, options->isolate);
  command.AddFlag("-q,--quiet", &options->quiet, "Write no line per request to stderr");
  AddLimits(command, *options);
  AddDeadlines(command, *options);
  AddOptions(command, options->s3);
  command.SetFooter(
      "Answers only this machine unless --listen names another address. SIGTERM: answers what is "
      "in\n"
      "flight, then ends. Photos stay in memory; the log has route, status, time and size of "
      "answers.\n\n"
      "Examples:\n"
      "  verger serve out\n"
      "  verger serve out --listen 127.0.0.1:9000 --quiet\n"
      "  curl --data-binary @apple.jpg 'http://127.0.0.1:8080/v1/classify?top=3'");
  command.SetAction([options] { Run(*options); });
}

}  // namespace verger::cli
