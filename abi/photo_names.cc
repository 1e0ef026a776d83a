// Names below a folder to photos through the door.
#include "core/runs/photo_names.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "core/runs/printable.h"
#include "core/runs/sample.h"

namespace verger::abi {
namespace {

static_assert(VERGER_KINDS == kFileKinds);
static_assert(VERGER_KIND_VIDEO == static_cast<int>(FileKind::kVideo));

bool AreCounts(const verger_listing_counts* counts) {
  return counts != nullptr && counts->struct_size >= sizeof(*counts);
}

ListingCounts Read(const verger_listing_counts& counts) {
  ListingCounts read;
  std::copy_n(counts.listed, kFileKinds, read.listed.begin());
  std::copy_n(counts.passed_over, kFileKinds, read.passed_over.begin());
  return read;
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_walk_names(verger_text folder, verger_text root, int32_t include_hidden,
                                const struct ArrowArray* names,
                                const struct ArrowSchema* names_schema,
                                verger_listing_counts* counts, struct ArrowArray* walked,
                                struct ArrowSchema* walked_schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(
        walked != nullptr && abi::AreCounts(counts),
        "verger_walk_names: walked must not be NULL, counts->struct_size must be set"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn texts,
                            abi::TextColumn::Find(names, names_schema, "name"));
    VERGER_ASSIGN_OR_RETURN(const abi::NumberColumn folders,
                            abi::NumberColumn::Find(names, names_schema, "folder"));
    std::vector<RawName> raw(static_cast<std::size_t>(texts.length()));
    for (std::size_t row = 0; row < raw.size(); ++row) {
      const auto position = static_cast<std::int64_t>(row);
      raw[row] = {texts[position], folders[position] != 0};
    }
    const std::string root_label = Printable(abi::AsText(root));
    abi::Integers rows;
    abi::Texts paths;
    abi::Texts labels;
    abi::Texts problems;
    std::vector<bool> rejected;
    ListingCounts counted;
    for (const WalkedName& name :
         WalkNames(abi::AsText(folder), raw, include_hidden != 0, &counted)) {
      rows.values.push_back(name.row);
      paths.Add(name.path);
      labels.Add(LabelOf(name.path, root_label));
      problems.Add(name.problem);
      rejected.push_back(!name.problem.empty());
    }
    for (std::size_t kind = 0; kind < kFileKinds; ++kind) {
      counts->listed[kind] += counted.listed[kind];
      counts->passed_over[kind] += counted.passed_over[kind];
    }
    const auto length = static_cast<std::int64_t>(rows.values.size());
    std::vector<abi::OutColumn> columns;
    columns.push_back({"row", {}, std::move(rows)});
    columns.push_back({"path", {}, std::move(paths)});
    columns.push_back({"label", {}, std::move(labels)});
    columns.push_back({"problem", std::move(rejected), std::move(problems)});
    abi::HandOut(std::move(columns), length, walked, walked_schema);
    return Ok();
  });
}

verger_status verger_shot_prefix(verger_text name, verger_bytes* prefix, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(prefix != nullptr, "verger_shot_prefix: prefix must not be NULL"));
    const std::string_view whole = abi::AsText(name);
    std::string folder(whole.substr(0, whole.rfind('/') + 1));
    *prefix = abi::HandOut(folder + ShotPrefix(whole.substr(folder.size())));
    return Ok();
  });
}

uint64_t verger_sample_rank(verger_text path) {
  return verger::SampleRank(verger::abi::AsText(path));
}

verger_status verger_passed_over(const verger_listing_counts* counts, verger_bytes* text,
                                 verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(text != nullptr && abi::AreCounts(counts),
                     "verger_passed_over: text must not be NULL, counts->struct_size must be set"));
    *text = abi::HandOut(CountsText(abi::Read(*counts).passed_over));
    return Ok();
  });
}

verger_status verger_no_photos(verger_text place, int32_t is_output,
                               const verger_listing_counts* counts, verger_bytes* text,
                               verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(text != nullptr && abi::AreCounts(counts),
                     "verger_no_photos: text must not be NULL, counts->struct_size must be set"));
    const std::string why = NoPhotos(abi::Read(*counts), is_output != 0);
    *text = abi::HandOut(why.empty() ? why : std::string(abi::AsText(place)) + ": " + why);
    return Ok();
  });
}

}  // extern "C"
