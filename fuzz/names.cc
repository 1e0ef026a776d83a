// names.cc: names of photos and of an output's files, printed text, quotas of processors.
#include "core/runs/names.h"

#include <algorithm>

#include "core/base/cpu_quota.h"
#include "core/base/utf8.h"
#include "core/runs/photo_names.h"
#include "core/runs/printable.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const std::string_view text = fuzz::AsText(data, size);
  const std::string printable = Printable(text);
  VERGER_FUZZ_REQUIRE(IsUtf8(printable));
  VERGER_FUZZ_REQUIRE(Printable(printable) == printable);
  VERGER_FUZZ_REQUIRE(DisplayWidth(printable) >= 0);

  const std::vector<std::string> pieces = fuzz::Pieces(text, 16);
  std::vector<RawName> names;
  for (const std::string& piece : pieces) {
    if (piece.empty() || piece.find('/') != std::string::npos) continue;
    names.push_back({piece, piece.size() % 5 == 0});
    static_cast<void>(NumberIn(Numbered::kPart, piece));
  }
  ListingCounts counts;
  const auto walked = WalkNames("a", names, pieces[0].size() % 2 == 0, &counts);
  VERGER_FUZZ_REQUIRE(walked.size() <= names.size());
  const auto path = [&](const WalkedName& name) {
    return name.path + (names[static_cast<std::size_t>(name.row)].folder ? "/" : "");
  };
  VERGER_FUZZ_REQUIRE(
      std::is_sorted(walked.begin(), walked.end(),
                     [&](const WalkedName& a, const WalkedName& b) { return path(a) < path(b); }));
  VERGER_FUZZ_REQUIRE(UsableThreads(8, pieces[0]) >= 1);
  static_cast<void>(CgroupFolders(pieces[0], pieces.back()));
  return 0;
}
