#include "cli/runs/erasure.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/exported_batch.h"
#include "cli/base/interrupt.h"
#include "cli/base/json.h"
#include "cli/engine/batches.h"
#include "cli/engine/handles.h"
#include "cli/engine/output_rules.h"
#include "cli/runs/part_writer.h"
#include "cli/runs/saved_moments.h"
#include "cli/tables/parts.h"

namespace verger::cli {
namespace {

using ForgettingHandle = std::unique_ptr<verger_forgetting, FreeBy<verger_forgetting_free>>;

ForgettingHandle MakeForgetting(const Manifest& manifest, const std::vector<std::string>& names) {
  const ExportedBatch exported(*NamesAsBatch(names));
  const std::string document = ToJson(manifest);
  verger_forgetting* forgetting = nullptr;
  Call(verger_forgetting_create, Borrowed(document), exported.array(), exported.schema(),
       &forgetting);
  return ForgettingHandle(forgetting);
}

// Which rows are meant, and whether a file still holds something of them, is the library's to say.
class Eraser {
 public:
  Eraser(Output& output, const std::vector<std::string>& names, const ErasureOptions& options)
      : output_(output),
        options_(options),
        manifest_(output.Extracted()),
        forgetting_(MakeForgetting(manifest_, names)),
        classifier_(output, *forgetting_) {}

  ErasureSummary Run() {
    RequireMemoryForMoments(manifest_.model.dimension);
    manifest_.replaced.clear();
    LookAtAll();
    const std::string place = output_.place().PathOf("");
    const auto left =
        ParseJson(TextOf(verger_forgetting_finish, forgetting_.get(), Borrowed(place)));
    summary_.has_matches = left.at("photos") > 0;
    if (summary_.has_matches) Erase(left);
    Prove();
    return summary_;
  }

 private:
  // Also at parts that a killed run has left: work that the next run can do again, or what a forget
  // that was stopped wrote.
  void LookAtAll() {
    for (const PartEntry& part : manifest_.preprocessing) {
      const std::string& name = part.file.name;
      std::vector<std::int64_t> remaining;
      if (!Stays(name, output_.Read(part.file), &remaining))
        touched_.emplace(name, std::move(remaining));
    }
    for (const std::string& name : output_.Unlisted()) {
      std::vector<std::int64_t> unused;
      if (!Stays(name, output_.place().Read(name), &unused)) manifest_.replaced.push_back(name);
    }
  }

  // Whether the part may stay as it is; else, which of its rows are kept.
  bool Stays(const std::string& name, const std::string& bytes,
             std::vector<std::int64_t>* remaining) {
    ThrowIfInterrupted("interrupted: nothing was changed; run the same command again");
    const ExportedBatch rows(*DecodePhotoColumns(AsFile(bytes), output_.place().PathOf(name)));
    std::int32_t stays = 0;
    const Batch batch = ImportBatch(verger_forgetting_add_part, forgetting_.get(), Borrowed(name),
                                    rows.array(), rows.schema(), &stays);
    const auto& numbers = ColumnOf<arrow::Int64Array>(*batch, "row");
    remaining->assign(numbers.raw_values(), numbers.raw_values() + numbers.length());
    return stays != 0;
  }

  void Erase(const nlohmann::json& left) {
    RewriteParts();
    manifest_.rejects = RejectsFromJson(left.at("rejects_left"));
    manifest_.labels = left.at("labels");
    summary_.rows = left.at("rows");
    summary_.rejects = left.at("rejects");
    const MomentsHandle moments = GatherMoments();
    if (manifest_.reduction) {
      Reduce(output_, *moments,
             {manifest_.reduction->settings, false, options_.threads, options_.progress},
             &manifest_);
      summary_.reduced = true;
    }
    classifier_.TrainFor(manifest_, options_.threads, options_.progress);
    classifier_.Remove();
    output_.Commit(manifest_);
    summary_.classifier = classifier_.Publish();
  }

  void RewriteParts() {
    std::vector<PartEntry> parts;
    for (const PartEntry& part : manifest_.preprocessing) {
      const auto touched = touched_.find(part.file.name);
      if (touched == touched_.end()) {
        parts.push_back(part);
        continue;
      }
      manifest_.replaced.push_back(part.file.name);
      ++summary_.parts;
      for (PartEntry& rewritten : Rewrite(part, touched->second)) {
        parts.push_back(std::move(rewritten));
      }
    }
    manifest_.preprocessing = std::move(parts);
  }

  // The part without what goes; none if nothing is left.
  std::vector<PartEntry> Rewrite(const PartEntry& part,
                                 const std::vector<std::int64_t>& remaining) {
    ThrowIfInterrupted("interrupted: nothing was changed; run the same command again");
    PartWriter writer(output_, manifest_.model, nullptr, part.rows + part.rejects);
    const std::string bytes = output_.Read(part.file);
    const Batch contents = DecodeContents(bytes, part.file.name);
    const auto& lists = ColumnOf<arrow::ListArray>(*contents, "features");
    const auto& values = static_cast<const arrow::FloatArray&>(*lists.values());
    std::vector<PhotoRow> rows = DecodePhotoRows(bytes, part.file.name);
    for (const std::int64_t row : remaining) {
      const std::span<const float> features(values.raw_values() + lists.value_offset(row),
                                            static_cast<std::size_t>(lists.value_length(row)));
      writer.Add(std::move(rows[static_cast<std::size_t>(row)]), features);
    }
    writer.Flush();
    return writer.parts();
  }

  // From the features themselves: what was subtracted would leave its last bits behind.
  MomentsHandle GatherMoments() {
    MomentsHandle moments = NewMoments(manifest_.model.dimension);
    for (const PartEntry& part : manifest_.preprocessing) {
      AddToMoments(*moments, DecodeGoodRows(output_.Read(part.file), part.file.name));
    }
    manifest_.moments = SaveMoments(output_, *moments);
    return moments;
  }

  // Reads what there is now.
  void Prove() {
    for (const char* folder : {kPreprocessing, kResults, "Model", "_verger", "_verger/staged"}) {
      for (const PlaceFile& file : output_.place().ListFiles(folder)) {
        const std::string whole = std::string(folder) + "/" + file.name;
        if (whole == "_verger/staged" || file.name.starts_with('.')) continue;  // hidden: not ours
        // Not asked for where there is nothing: some servers fail for ranges of nothing.
        const std::string bytes = file.bytes == 0 ? "" : output_.place().Read(whole);
        ++summary_.files;
        Prove(whole, bytes);
      }
    }
  }

  void Prove(const std::string& name, const std::string& bytes) {
    const std::string place = output_.place().PathOf("");
    if (!name.ends_with(".parquet")) {
      Call(verger_forgetting_prove, forgetting_.get(), Borrowed(place), Borrowed(name),
           Borrowed(bytes), nullptr, nullptr);
      return;
    }
    const ExportedBatch rows(*DecodeNames(bytes, name));
    Call(verger_forgetting_prove, forgetting_.get(), Borrowed(place), Borrowed(name),
         Borrowed(bytes), rows.array(), rows.schema());
  }

  Output& output_;
  const ErasureOptions& options_;
  Manifest manifest_;
  const ForgettingHandle forgetting_;
  ClassifierErasure classifier_;
  std::map<std::string, std::vector<std::int64_t>> touched_;  // parts, and the rows they keep
  ErasureSummary summary_;
};

}  // namespace

ErasureSummary Forget(Output& output, const std::vector<std::string>& names,
                      const ErasureOptions& options) {
  try {
    return Eraser(output, names, options).Run();
  } catch (const Damaged&) {
    output.AskForACheck();
    throw;
  }
}

}  // namespace verger::cli
