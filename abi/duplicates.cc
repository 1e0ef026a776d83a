// Duplicates through the door.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>
#include <vector>

#include "abi/arrow_column.h"
#include "abi/arrow_read.h"
#include "abi/arrow_write.h"
#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "core/base/json.h"

namespace verger::abi {
namespace {

using Json = nlohmann::ordered_json;

// A vector for each row that is not null.
Result<std::vector<std::span<const float>>> ReadVectors(const ArrowArray* rows,
                                                        const ArrowSchema* schema, int dimension,
                                                        verger_text name) {
  auto read = ReadFeatures(rows, schema, dimension, /*finite=*/true);
  if (read) return std::move(read->values);
  return Error{Code::kBadOutput, fmt::format("{}: {}", AsText(name), read.error().message)};
}

Json ToJson(const NamedPhoto& photo) { return {{"path", photo.path}, {"label", photo.label}}; }

std::string ToJson(const Duplicates& duplicates, const DuplicatesOptions& options) {
  Json equals = Json::array();
  std::size_t spare = 0;
  for (const EqualPhotos& equal : duplicates.equal) {
    Json photos = Json::array();
    for (const NamedPhoto& photo : equal.photos) photos.push_back(ToJson(photo));
    spare += equal.photos.size() - 1;
    equals.push_back({{"sha256", equal.sha256},
                      {"across_labels", equal.across_labels},
                      {"photos", std::move(photos)}});
  }
  Json json = {{"photos", duplicates.photos}, {"spare", spare}, {"equal", std::move(equals)}};
  if (options.within) {
    json["within"] = *options.within;
    json["near_pairs"] = duplicates.near_pairs;
    json["near_across_labels"] = duplicates.near_across_labels;
    json["near"] = Json::array();
    for (const NearPhotos& near : duplicates.near) {
      json["near"].push_back(
          {{"distance", near.distance},
           {"across_labels", near.across_labels},
           {"photos", Json::array({ToJson(near.photos[0]), ToJson(near.photos[1])})}});
    }
  }
  return FormatJson(json, 1);
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_duplicates_create(verger_text manifest,
                                       const verger_duplicates_options* options,
                                       verger_duplicates** duplicates, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(duplicates != nullptr,
                                        "verger_duplicates_create: duplicates must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_duplicates_options argument, abi::ReadOptions(options));
    VERGER_ASSIGN_OR_RETURN(Manifest read, ReadManifest(abi::AsText(manifest), "manifest"));
    VERGER_RETURN_IF_ERROR(abi::Require(argument.within >= 0 && argument.most >= 0,
                                        "duplicates: within and most must not be negative"));
    DuplicatesOptions set;
    if (argument.near_pairs != 0) set.within = argument.within;
    set.most = static_cast<std::size_t>(argument.most);
    set.across_labels = argument.across_labels != 0;
    const std::int32_t components = read.reduction ? read.reduction->components : 0;
    const std::int32_t dimension = read.model.dimension;
    *duplicates =
        new verger_duplicates{DuplicateFinder(std::move(read), set), set, components, dimension};
    return Ok();
  });
}

verger_status verger_duplicates_add_part(verger_duplicates* duplicates,
                                         const struct ArrowArray* rows,
                                         const struct ArrowSchema* rows_schema,
                                         verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(duplicates != nullptr, "verger_duplicates_add_part: no argument may be NULL"));
    const auto find = [&](const char* name) {
      return abi::TextColumn::Find(rows, rows_schema, name);
    };
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn paths, find("path"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn labels, find("label"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn digests, find("sha256"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn errors, find("error"));
    std::vector<DuplicateFinder::Row> read;
    for (std::int64_t row = 0; row < paths.length(); ++row) {
      read.push_back({paths[row], labels[row], digests[row], !errors[row].empty()});
    }
    return duplicates->finder.AddPart(read);
  });
}

verger_status verger_duplicates_add_scores(verger_duplicates* duplicates, verger_text name,
                                           const struct ArrowArray* rows,
                                           const struct ArrowSchema* rows_schema,
                                           verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(duplicates != nullptr,
                                        "verger_duplicates_add_scores: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const abi::TextColumn column,
                            abi::TextColumn::Find(rows, rows_schema, "path"));
    std::vector<std::string_view> paths;
    for (std::int64_t row = 0; row < column.length(); ++row) paths.push_back(column[row]);
    VERGER_ASSIGN_OR_RETURN(const auto scores,
                            abi::ReadVectors(rows, rows_schema, duplicates->components, name));
    return duplicates->finder.AddScores(abi::AsText(name), paths, scores);
  });
}

verger_status verger_duplicates_search(verger_duplicates* duplicates, verger_text pca,
                                       void (*done)(void* context, int64_t photos), void* context,
                                       verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(duplicates != nullptr, "verger_duplicates_search: no argument may be NULL"));
    std::function<void(std::size_t)> tell;
    if (done != nullptr) {
      tell = [&](std::size_t photos) { done(context, static_cast<std::int64_t>(photos)); };
    }
    return duplicates->finder.Search(abi::AsText(pca), tell);
  });
}

verger_status verger_duplicates_needed_parts(verger_duplicates* duplicates,
                                             struct ArrowArray* names,
                                             struct ArrowSchema* names_schema,
                                             verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(duplicates != nullptr && names != nullptr,
                                        "verger_duplicates_needed_parts: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const std::vector<std::string> parts, duplicates->finder.NeededParts());
    abi::HandOutTexts("name", parts, names, names_schema);
    return Ok();
  });
}

verger_status verger_duplicates_add_features(verger_duplicates* duplicates, verger_text name,
                                             const struct ArrowArray* features,
                                             const struct ArrowSchema* schema,
                                             verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(duplicates != nullptr,
                                        "verger_duplicates_add_features: no argument may be NULL"));
    VERGER_ASSIGN_OR_RETURN(const auto vectors,
                            abi::ReadVectors(features, schema, duplicates->dimension, name));
    return duplicates->finder.AddFeatures(abi::AsText(name), vectors);
  });
}

verger_status verger_duplicates_finish(verger_duplicates* duplicates, verger_bytes* json,
                                       verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(duplicates != nullptr && json != nullptr,
                                        "verger_duplicates_finish: no argument may be NULL"));
    *json = abi::HandOut(abi::ToJson(duplicates->finder.Finish(), duplicates->options));
    return Ok();
  });
}

void verger_duplicates_free(verger_duplicates* duplicates) { delete duplicates; }

}  // extern "C"
