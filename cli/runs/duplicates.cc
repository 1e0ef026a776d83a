#include "cli/runs/duplicates.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <memory>
#include <set>
#include <string_view>

#include "cli/base/arrow_errors.h"
#include "cli/base/exported_batch.h"
#include "cli/engine/handles.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using DuplicatesHandle = std::unique_ptr<verger_duplicates, FreeBy<verger_duplicates_free>>;

DuplicatesHandle MakeDuplicates(const Manifest& manifest, const DuplicatesOptions& options) {
  verger_duplicates_options settings{};
  settings.struct_size = sizeof(settings);
  settings.near_pairs = options.within ? 1 : 0;
  settings.within = options.within.value_or(0);
  settings.most = static_cast<std::int64_t>(options.most);
  settings.across_labels = options.across_labels ? 1 : 0;
  const std::string document = ToJson(manifest);
  verger_duplicates* duplicates = nullptr;
  Call(verger_duplicates_create, Borrowed(document), &settings, &duplicates);
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

Batch Scores(std::string_view bytes, const std::string& name) {
  return DecodeScores(AsFile(bytes), name);
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
    return TextOf(verger_duplicates_finish, duplicates_.get());
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
    for (std::vector<PartEntry> next_parts = NextParts(); !next_parts.empty();
         next_parts = NextParts()) {
      Read(next_parts, DecodeContents, [&](const FileEntry& file, const ExportedBatch& rows) {
        Call(verger_duplicates_add_features, duplicates_.get(), Borrowed(file.name), rows.array(),
             rows.schema());
      });
    }
  }

  std::vector<PartEntry> NextParts() {
    const Batch batch = ImportBatch(verger_duplicates_needed_parts, duplicates_.get());
    const auto& column = ColumnOf<arrow::StringArray>(*batch, "name");
    std::set<std::string_view> names;
    for (std::int64_t row = 0; row < column.length(); ++row) names.insert(column.GetView(row));
    std::vector<PartEntry> parts;
    for (const PartEntry& part : manifest_.preprocessing) {
      if (names.contains(part.file.name)) parts.push_back(part);
    }
    return parts;
  }

  const Output& output_;
  const DuplicatesOptions& options_;
  const Manifest& manifest_;
  const DuplicatesHandle duplicates_;
};

}  // namespace

std::string FindDuplicates(const Output& output, const DuplicatesOptions& options) {
  return Reader(output, options).Json();
}

}  // namespace verger::cli
