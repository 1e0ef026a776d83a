// Seconds and memory of a plan of a generated listing against a generated output.
//
//   plan_bench make OUT COUNT DIMENSION PART_ROWS
//   plan_bench plan OUT COUNT DIMENSION ONE_IN     # a new photo after every ONE_IN-th; 0: none
#include <arrow/record_batch.h>

#include <exception>

#include "bench/scale/make_output.h"
#include "cli/storage/listed_photos.h"

namespace verger::bench {
namespace {

class GeneratedListing : public cli::PhotoStream {
 public:
  GeneratedListing(std::int64_t count, std::int64_t one_in) : photos_(count, one_in) {}

  std::shared_ptr<arrow::RecordBatch> Next() override {
    Photo photo;
    while (batch_.rows() < cli::kListingRows && photos_.Next(&photo)) {
      cli::ListedPhoto listed;
      listed.path = photo.path;
      listed.label = photo.label;
      listed.size = photo.size;
      listed.modified = photo.modified;
      listed.file = photo.path;
      batch_.Add(listed);
    }
    return batch_.rows() > 0 ? batch_.Finish() : nullptr;
  }

 private:
  Listed photos_;
  cli::ListingBuilder batch_;
};

void Run(const Options& options) {
  if (options.make) {
    MakeOutput(options, [](const std::vector<cli::PhotoRow>& rows, cli::PartEntry* entry) {
      entry->first = rows.front().path;
      entry->last = rows.back().path;
    });
    return;
  }
  const Watch watch;
  const cli::Output output = cli::Output::Open(cli::OpenPlace(options.out));
  GeneratedListing photos(options.count, options.number);
  const cli::Plan plan = cli::MakePlan(output, NetworkOf(options), {}, photos);
  watch.Print(plan.reused_parts.size(), plan.replaced.size(), plan.todo.rows());
}

}  // namespace
}  // namespace verger::bench

int main(int argc, char** argv) {
  verger::bench::Options options;
  if (!verger::bench::Read(argc, argv, &options)) {
    fmt::print(stderr, "{} make OUT COUNT DIMENSION PART_ROWS | plan OUT COUNT DIMENSION ONE_IN\n",
               argv[0]);
    return 2;
  }
  try {
    verger::bench::Run(options);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
