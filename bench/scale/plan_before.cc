// plan_bench.cc for the build before plans were merges of two streams: its listing is a vector.
// Compiled within that build's tree: before.cmake says how.
#include <exception>

#include "bench/scale/make_output.h"
#include "cli/runs/contents.h"

namespace verger::bench {
namespace {

void Run(const Options& options) {
  if (options.make) {
    MakeOutput(options, [](const std::vector<cli::PhotoRow>&, cli::PartEntry*) {});
    return;
  }
  const Watch watch;
  const cli::Output output = cli::Output::Open(cli::OpenPlace(options.out));
  std::vector<cli::Photo> listing;
  Listed photos(options.count, options.number);
  for (Photo photo; photos.Next(&photo);) {
    cli::Photo listed;
    listed.path = std::move(photo.path);
    listed.label = std::move(photo.label);
    listed.size = photo.size;
    listed.modified = photo.modified;
    listing.push_back(std::move(listed));
  }
  cli::Contents contents(listing.size());  // as the run did
  const cli::Plan plan = cli::MakePlan(output, NetworkOf(options), {}, &listing, &contents);
  watch.Print(plan.kept.size(), plan.replaced.size(), static_cast<std::int64_t>(plan.todo.size()));
}

}  // namespace
}  // namespace verger::bench

int main(int argc, char** argv) {
  verger::bench::Options options;
  if (!verger::bench::Read(argc, argv, &options)) return 2;
  try {
    verger::bench::Run(options);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
