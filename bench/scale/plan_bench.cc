// Seconds and memory of a plan: of a listing that is made, against an output that was made.
//
//   plan_bench make OUT COUNT DIMENSION PART_ROWS
//   plan_bench plan OUT COUNT DIMENSION ONE_IN     # behind every ONE_IN-th photo one that is new;
//   0: none
#include <arrow/record_batch.h>

#include <exception>

#include "bench/scale/make_output.h"
#include "cli/photos/photo_batch.h"

namespace verger::bench {
namespace {

class MadeListing : public cli::PhotoStream {
 public:
  MadeListing(std::int64_t count, std::int64_t one_in) : photos_(count, one_in) {}

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

void Run(const Asked& asked) {
  if (asked.make) {
    MakeOutput(asked, [](const std::vector<cli::PhotoRow>& rows, cli::PartEntry* entry) {
      entry->first = rows.front().path;
      entry->last = rows.back().path;
    });
    return;
  }
  const Watch watch;
  const cli::Output output = cli::Output::Open(cli::OpenPlace(asked.out));
  MadeListing photos(asked.count, asked.number);
  const cli::Plan plan = cli::MakePlan(output, NetworkOf(asked), {}, photos);
  watch.Tell(plan.kept.size(), plan.replaced.size(), plan.todo.rows());
}

}  // namespace
}  // namespace verger::bench

int main(int argc, char** argv) {
  verger::bench::Asked asked;
  if (!verger::bench::Read(argc, argv, &asked)) {
    fmt::print(stderr, "{} make OUT COUNT DIMENSION PART_ROWS | plan OUT COUNT DIMENSION ONE_IN\n",
               argv[0]);
    return 2;
  }
  try {
    verger::bench::Run(asked);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
