#include "cli/serve/photo_engine.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/base/arrow_errors.h"
#include "cli/base/json.h"
#include "cli/engine/compiled_networks.h"

namespace verger::cli {
namespace {

Batch ContentsOf(const std::string_view* photos, std::size_t count) {
  arrow::LargeBinaryBuilder contents;
  for (std::size_t at = 0; at < count; ++at) OrThrow(contents.Append(photos[at]));
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("content", arrow::large_binary())}),
      static_cast<std::int64_t>(count),
      std::vector<std::shared_ptr<arrow::Array>>{OrThrow(contents.Finish())});
}

// With the columns path and label, which a photo from the network does not have.
Batch WithoutNames(const Batch& features) {
  arrow::StringBuilder paths;
  arrow::StringBuilder labels;
  OrThrow(paths.AppendEmptyValues(features->num_rows()));
  OrThrow(labels.AppendNulls(features->num_rows()));
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("path", arrow::utf8(), false),
                     arrow::field("label", arrow::utf8()),
                     features->schema()->GetFieldByName("features"),
                     features->schema()->GetFieldByName("error")}),
      features->num_rows(),
      std::vector<std::shared_ptr<arrow::Array>>{OrThrow(paths.Finish()), OrThrow(labels.Finish()),
                                                 features->GetColumnByName("features"),
                                                 features->GetColumnByName("error")});
}

}  // namespace

PhotoEngine::PhotoEngine(const verger_model& model, const PhotoEngineOptions& options)
    : threads_(options.threads), batch_(static_cast<std::size_t>(options.batch)) {
  ExtractorSettings settings{.threads = options.threads,
                             .batch_size = options.batch,
                             .max_pixels = options.max_pixels,
                             .max_bytes = options.max_bytes,
                             .decoder = options.decoder};
  full_ = OpenExtractor(model, settings);
  if (ParseJson(verger_model_describe(&model)).at("batch") != 0) return;
  settings.batch_size = 1;
  settings.streams = 1;  // all threads on one photo: the least time until its answer
  lone_ = OpenExtractor(model, settings);
}

Batch PhotoEngine::Features(const std::vector<std::string_view>& photos) const {
  if (!lone_ || photos.size() == batch_) {
    return WithoutNames(ExtractFeatures(*full_, ContentsOf(photos.data(), photos.size())));
  }
  std::vector<Batch> rows;
  rows.reserve(photos.size());
  for (const std::string_view& photo : photos) {
    rows.push_back(ExtractFeatures(*lone_, ContentsOf(&photo, 1)));
  }
  if (rows.size() == 1) return WithoutNames(rows.front());
  const auto table = OrThrow(arrow::Table::FromRecordBatches(rows));
  return WithoutNames(OrThrow(table->CombineChunksToBatch()));
}

int PhotoEngine::callers() const {
  return std::max(threads_, verger_extractor_streams(full_.get()) + 1);
}

}  // namespace verger::cli
