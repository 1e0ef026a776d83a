// Evaluations through the door.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/progress.h"
#include "abi/transform.h"
#include "core/evaluate/evaluation.h"
#include "core/runs/manifest.h"

struct verger_evaluation {
  verger::EvaluationRun run;
  verger::Progress progress;
  int dimension = 0;
};

namespace verger::abi {
namespace {

Result<EvaluateSettings> SettingsOf(const verger_evaluate_options& options) {
  EvaluateSettings settings;
  VERGER_RETURN_IF_ERROR(ReadFit(options, &settings));
  settings.groups = AsText(options.groups);
  return settings;
}

Status RequireSameNetwork(const Manifest& output, const Manifest& test) {
  if (output.model.SameFeatures(test.model)) return Ok();
  return Error{Code::kBadModel,
               fmt::format("--test: its features are by {} ({}), those of OUT by {} ({}): extract "
                           "the photos again by the network of OUT",
                           test.model.name, test.model.precision, output.model.name,
                           output.model.precision)};
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_evaluation_create(verger_text manifest, verger_text test,
                                       const verger_evaluate_options* options,
                                       verger_evaluation** evaluation, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(evaluation != nullptr,
                                        "verger_evaluation_create: evaluation must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_evaluate_options set, abi::ReadOptions(options));
    VERGER_ASSIGN_OR_RETURN(const LabelRule label_rule,
                            LabelRule::Create(set.label_level, abi::AsText(set.label_table)));
    VERGER_ASSIGN_OR_RETURN(EvaluateSettings settings, abi::SettingsOf(set));
    VERGER_ASSIGN_OR_RETURN(const Manifest output, ReadManifest(abi::AsText(manifest), "manifest"));
    const int dimension = output.model.dimension;
    settings.names_say_nothing = output.hashed;
    if (output.hashed && !settings.groups.empty()) {
      return Error{Code::kBadCall, "--groups: the output's paths are hashed: leave it out"};
    }
    std::optional<Manifest> other;
    if (test.size > 0) {
      VERGER_ASSIGN_OR_RETURN(other, ReadManifest(abi::AsText(test), "manifest of --test"));
      VERGER_RETURN_IF_ERROR(abi::RequireSameNetwork(output, *other));
    }
    std::int64_t most = MostRows(set.memory, dimension);
    std::optional<RowCollector> rows_of_test;
    if (other) {
      most = std::max<std::int64_t>(1, most / 2);
      rows_of_test.emplace(dimension, other->rows(), most, label_rule);
    }
    *evaluation = new verger_evaluation{
        EvaluationRun(std::move(settings), RowCollector(dimension, output.rows(), most, label_rule),
                      std::move(rows_of_test)),
        abi::ProgressOf(set.progress), dimension};
    return Ok();
  });
}

verger_status verger_evaluation_add(verger_evaluation* evaluation, int32_t of_test,
                                    const struct ArrowArray* rows, const struct ArrowSchema* schema,
                                    verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(evaluation != nullptr, "verger_evaluation_add: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn paths,
                            abi::TextColumn::Find(rows, schema, "path"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn labels,
                            abi::TextColumn::Find(rows, schema, "label"));
    VERGER_ASSIGN_OR_RETURN(
        const abi::FeatureRows read,
        abi::ReadFeatures(rows, schema, evaluation->dimension, /*finite=*/true));
    for (std::size_t i = 0; i < read.rows.size(); ++i) {
      const std::int64_t row = read.rows[i];
      VERGER_RETURN_IF_ERROR(
          evaluation->run.Add(of_test != 0, paths[row], labels[row], read.values[i]));
    }
    return Ok();
  });
}

verger_status verger_evaluation_border_photos(verger_evaluation* evaluation,
                                              struct ArrowArray* paths, struct ArrowSchema* schema,
                                              verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(evaluation != nullptr && paths != nullptr,
                     "verger_evaluation_border_photos: no argument may be NULL"));
    abi::HandOutTexts("path", evaluation->run.BorderPhotos(), paths, schema);
    return Ok();
  });
}

verger_status verger_evaluation_add_photos(verger_evaluation* evaluation,
                                           const struct ArrowArray* photos,
                                           const struct ArrowSchema* schema, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(evaluation != nullptr,
                                        "verger_evaluation_add_photos: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn column,
                            abi::TextColumn::Find(photos, schema, "path"));
    VERGER_ASSIGN_OR_RETURN(const std::vector<Bytes> contents, abi::ReadPhotos(photos, schema));
    std::vector<std::string_view> paths;
    for (std::int64_t row = 0; row < column.length(); ++row) paths.push_back(column[row]);
    evaluation->run.AddPhotos(paths, contents);
    return Ok();
  });
}

verger_status verger_evaluation_no_photos(verger_evaluation* evaluation, verger_text reason,
                                          verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(evaluation != nullptr,
                                        "verger_evaluation_no_photos: no argument may be NULL"));
    evaluation->run.SetNoPhotos(abi::AsText(reason));
    return Ok();
  });
}

verger_status verger_evaluation_finish(verger_evaluation* evaluation, verger_bytes* json,
                                       verger_bytes* text, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(evaluation != nullptr && json != nullptr && text != nullptr,
                                        "verger_evaluation_finish: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const EvaluationDocuments documents,
                            evaluation->run.Finish(evaluation->progress));
    const verger_bytes first = abi::HandOut(documents.json);
    try {
      *text = abi::HandOut(documents.text);
    } catch (...) {
      verger_bytes_free(first);
      throw;
    }
    *json = first;
    return Ok();
  });
}

void verger_evaluation_free(verger_evaluation* evaluation) { delete evaluation; }

}  // extern "C"
