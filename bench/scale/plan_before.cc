// plan_bench.cc for the build before plans were merges of two streams: its listing is a vector.
// Compiled within that build's tree: before.cmake says how.
#include <exception>

#include "bench/scale/make_output.h"
#include "cli/runs/contents.h"

namespace verger::bench {
namespace {

void Run(const Asked& asked) {
  if (asked.make) {
    MakeOutput(asked, [](const std::vector<cli::PhotoRow>&, cli::PartEntry*) {});
    return;
  }
  const Watch watch;
  const cli::Output output = cli::Output::Open(cli::OpenPlace(asked.out));
  std::vector<cli::Photo> listing;
  Listed photos(asked.count, asked.number);
  for (Photo photo; photos.Next(&photo);) {
    cli::Photo listed;
    listed.path = std::move(photo.path);
    listed.label = std::move(photo.label);
    listed.size = photo.size;
    listed.modified = photo.modified;
    listing.push_back(std::move(listed));
  }
  cli::Contents contents(listing.size());  // as the run did
  const cli::Plan plan = cli::MakePlan(output, NetworkOf(asked), {}, &listing, &contents);
  watch.Tell(plan.kept.size(), plan.replaced.size(), static_cast<std::int64_t>(plan.todo.size()));
}

}  // namespace
}  // namespace verger::bench

int main(int argc, char** argv) {
  verger::bench::Asked asked;
  if (!verger::bench::Read(argc, argv, &asked)) return 2;
  try {
    verger::bench::Run(asked);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
