#include "cli/runs/duplicates.h"

#include <arrow/array.h>
#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/base/arrow_errors.h"
#include "cli/engine/exported_batch.h"
#include "cli/engine/handles.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using DuplicatesHandle = std::unique_ptr<verger_duplicates, FreeBy<verger_duplicates_free>>;

DuplicatesHandle MakeDuplicates(const Manifest& manifest, const DuplicatesOptions& options) {
  verger_duplicates_options given{};
  given.struct_size = sizeof(given);
  given.near_pairs = options.within ? 1 : 0;
  given.within = options.within.value_or(0);
  given.most = static_cast<std::int64_t>(options.most);
  given.across_labels = options.across_labels ? 1 : 0;
  const std::string document = ToJson(manifest);
  verger_duplicates* duplicates = nullptr;
  Call(verger_duplicates_create, Borrowed(document), &given, &duplicates);
  return DuplicatesHandle(duplicates);
}

std::uint64_t BytesOf(const std::vector<PartEntry>& parts) {
  std::uint64_t bytes = 0;
  for (const PartEntry& part : parts) bytes += static_cast<std::uint64_t>(part.file.bytes);
  return bytes;
}

Batch Photos(std::string_view bytes, const std::string& name) {
  return DecodePhotoColumns(AsFile(bytes), name);
}

// Vectors of either kind are called features at the door.
Batch Scores(std::string_view bytes, const std::string& name) {
  return OrThrow(
      DecodeResults(bytes, name, {"path", "pca_features"})->RenameColumns({"path", "features"}));
}

// Reads the tables of an output for the library.
class Reader {
 public:
  Reader(const Output& output, const DuplicatesOptions& options)
      : output_(output),
        options_(options),
        manifest_(output.Extracted()),
        duplicates_(MakeDuplicates(manifest_, options)) {}

  std::string Json() {
    if (options_.within) output_.Reduced();  // before anything is read
    Read(manifest_.preprocessing, Photos, [&](const FileEntry&, const ExportedBatch& rows) {
      Call(verger_duplicates_add_part, duplicates_.get(), rows.array(), rows.schema());
    });
    if (options_.within) FindNear(output_.Reduced());
    LibraryBytes json;
    Call(verger_duplicates_finish, duplicates_.get(), json.out());
    return std::string(json.view());
  }

 private:
  template <typename Decode, typename Add>
  void Read(const std::vector<PartEntry>& parts, Decode decode, Add add) {
    Progress progress({"read", ProgressUnit::kBytes, BytesOf(parts), options_.progress});
    for (const PartEntry& part : parts) {
      const std::string bytes = output_.Read(part.file);
      add(part.file, ExportedBatch(*decode(bytes, output_.place().PathOf(part.file.name))));
      progress.Add(static_cast<std::uint64_t>(part.file.bytes));
    }
    progress.Finish();
  }

  void FindNear(const Reduction& reduction) {
    std::vector<PartEntry> results;
    for (const ResultEntry& result : reduction.results) results.push_back(result.part);
    Read(results, Scores, [&](const FileEntry& file, const ExportedBatch& rows) {
      Call(verger_duplicates_add_scores, duplicates_.get(), Borrowed(file.name), rows.array(),
           rows.schema());
    });
    Progress progress({"compare", ProgressUnit::kPhotos,
                       static_cast<std::uint64_t>(manifest_.rows()), options_.progress});
    const std::string pca = output_.Read(reduction.pca);
    Call(
        verger_duplicates_search, duplicates_.get(), Borrowed(pca),
        [](void* context, std::int64_t photos) {
          static_cast<Progress*>(context)->Add(static_cast<std::uint64_t>(photos));
        },
        &progress);
    progress.Finish();
    for (std::vector<PartEntry> wanted = Wanted(); !wanted.empty(); wanted = Wanted()) {
      Read(wanted, DecodeContents, [&](const FileEntry& file, const ExportedBatch& rows) {
        Call(verger_duplicates_add_features, duplicates_.get(), Borrowed(file.name), rows.array(),
             rows.schema());
      });
    }
  }

  std::vector<PartEntry> Wanted() {
    ArrowArray array;
    ArrowSchema schema;
    Call(verger_duplicates_wanted, duplicates_.get(), &array, &schema);
    const Batch batch = OrThrow(arrow::ImportRecordBatch(&array, &schema));
    const auto& names = static_cast<const arrow::StringArray&>(*batch->column(0));
    std::vector<PartEntry> parts;
    for (const PartEntry& part : manifest_.preprocessing) {
      for (std::int64_t row = 0; row < names.length(); ++row) {
        if (names.GetView(row) == part.file.name) parts.push_back(part);
      }
    }
    return parts;
  }

  const Output& output_;
  const DuplicatesOptions& options_;
  const Manifest& manifest_;
  const DuplicatesHandle duplicates_;
};

NamedPhoto PhotoOf(const nlohmann::json& json) { return {json.at("path"), json.at("label")}; }

}  // namespace

Duplicates FindDuplicates(const Output& output, const DuplicatesOptions& options) {
  const auto json = nlohmann::json::parse(Reader(output, options).Json());
  Duplicates found;
  found.photos = json.at("photos");
  for (const auto& equal : json.at("equal")) {
    found.equal.push_back({equal.at("sha256"), {}, equal.at("across_labels")});
    for (const auto& photo : equal.at("photos")) {
      found.equal.back().photos.push_back(PhotoOf(photo));
    }
  }
  if (!options.within) return found;
  found.near_pairs = json.at("near_pairs");
  found.near_across_labels = json.at("near_across_labels");
  for (const auto& near : json.at("near")) {
    const auto& photos = near.at("photos");
    found.near.push_back({near.at("distance"),
                          {PhotoOf(photos.at(0)), PhotoOf(photos.at(1))},
                          near.at("across_labels")});
  }
  return found;
}

}  // namespace verger::cli
