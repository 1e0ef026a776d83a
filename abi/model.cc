// Models through the door.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi/arrow_read.h"
#include "abi/bytes.h"
#include "abi/decoder.h"
#include "abi/guard.h"
#include "abi/handles.h"
#include "abi/photo_limits.h"
#include "abi/progress.h"
#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/extract/calibrate.h"
#include "core/model/app_network.h"
#include "core/model/calibration.h"
#include "core/model/other_files.h"
#include "core/runs/manifest.h"
#include "core/runs/model_choice.h"

namespace verger::abi {
namespace {

// Each line of `text`, which has no newline at its end.
std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    lines.emplace_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
  }
  return lines;
}

std::string Describe(const Model& model) {
  const nlohmann::ordered_json description = {
      {"name", model.name},
      {"format", model.format == ModelFormat::kKerasH5 ? "keras-h5" : "onnx"},
      {"sha256", model.sha256},
      {"preset", ShortText(model.preset)},
      {"parts", Parts(model.preset)},
      {"identity", Identity(model)},
      {"precision", NameOf(model.precision)},
      {"calibration", ToBase64(std::as_bytes(std::span(model.calibration)))},
      {"calibrated", !model.known_calibration.empty() || !model.calibration.empty()},
      {"dimension", model.dimension},
      {"width", model.preset.input.width},
      {"height", model.preset.input.height},
      {"views", model.preset.views},
      {"batch", model.batch},
      {"notes", Lines(model.notes)},
  };
  // A name that is not UTF-8 is the caller's to choose, and no reason to fail.
  return FormatJson(description);
}

// Whether a calibration is of this network, preset and output.
bool IsOf(const std::string& calibration, const Model& model) {
  const auto bytes = FromBase64(calibration);
  if (!bytes) return false;
  const auto read = Calibration::Parse(std::as_bytes(std::span(*bytes)));
  return read && read->subject == CalibrationSubject(model);
}

Status HandOutModel(Result<Model> read, const verger_model_options& set, verger_model** model) {
  if (!read) return std::move(read).error();
  VERGER_ASSIGN_OR_RETURN(const Precision precision,
                          ReadPrecision(set.precision ? set.precision : "fp32"));
  const auto calibration = FromBase64(AsText(set.calibration));
  if (!calibration) {
    return Error{Code::kBadCall,
                 fmt::format("{}: the calibration is {}", read->name, calibration.error().message)};
  }
  VERGER_ASSIGN_OR_RETURN(Model opened, WithPrecision(*std::move(read), precision,
                                                      std::as_bytes(std::span(*calibration))));
  std::string description = Describe(opened);
  *model = new verger_model{std::move(opened), std::move(description)};
  return Ok();
}

}  // namespace
}  // namespace verger::abi

extern "C" {

verger_status verger_model_read(const void* data, size_t size, const verger_model_options* options,
                                verger_model** model, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(data != nullptr && model != nullptr,
                                        "verger_model_read: data and model must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_model_options set, abi::ReadOptions(options));
    const OutputChoice choice{std::string(abi::AsText(set.output)),
                              std::string(abi::AsText(set.pool))};
    return abi::HandOutModel(ReadModel(abi::AsBytes(data, size), set.name ? set.name : "model",
                                       set.preset ? set.preset : "", choice),
                             set, model);
  });
}

verger_status verger_model_side_files(const void* data, size_t size, const char* name,
                                      verger_bytes* names, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(data != nullptr && names != nullptr,
                     "verger_model_side_files: data and names must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const auto files,
                            SideFilesOfModel(abi::AsBytes(data, size), name ? name : "model"));
    std::string lines;
    for (const std::string& file : files) lines += file + "\n";
    *names = abi::HandOut(lines);
    return Ok();
  });
}

verger_status verger_model_join(const void* data, size_t size, const char* name,
                                const verger_text* side_names, const verger_text* side_files,
                                size_t count, verger_bytes* whole, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(data != nullptr && whole != nullptr &&
                         (count == 0 || (side_names != nullptr && side_files != nullptr)),
                     "verger_model_join: data, side_names, side_files and whole must not be NULL"));
    SideFiles sides;
    for (size_t at = 0; at < count; ++at) {
      sides[std::string(abi::AsText(side_names[at]))] =
          abi::AsBytes(side_files[at].data, side_files[at].size);
    }
    VERGER_ASSIGN_OR_RETURN(const std::string joined,
                            JoinModel(abi::AsBytes(data, size), sides, name ? name : "model"));
    *whole = abi::HandOut(joined);
    return Ok();
  });
}

verger_status verger_model_is_folder(const char* name, verger_text names, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    return Error{Code::kBadModel, std::string(abi::AsText(name)) + ": " +
                                      WhatFolderIsInstead(abi::Lines(abi::AsText(names)))};
  });
}

verger_status verger_model_embedded(const char* name, const verger_model_options* options,
                                    verger_model** model, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(model != nullptr, "verger_model_embedded: model must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_model_options set, abi::ReadOptions(options));
    const OutputChoice choice{std::string(abi::AsText(set.output)),
                              std::string(abi::AsText(set.pool))};
    return abi::HandOutModel(EmbeddedModel(name ? name : std::string(kEmbeddedNames[0]),
                                           set.preset ? set.preset : "", choice),
                             set, model);
  });
}

verger_status verger_calibrate(const verger_model* model, const struct ArrowArray* photos,
                               const struct ArrowSchema* photos_schema,
                               const verger_calibrate_options* options, verger_bytes* calibration,
                               verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(model != nullptr && calibration != nullptr,
                     "verger_calibrate: model and calibration must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const verger_calibrate_options set, abi::ReadOptions(options));
    VERGER_RETURN_IF_ERROR(
        abi::Require(set.threads >= 0 && model->model.precision == Precision::kFp32,
                     "verger_calibrate: threads must be 0 or more, and the model in fp32"));
    VERGER_ASSIGN_OR_RETURN(const PhotoLimits limits,
                            abi::ReadPhotoLimits(set.max_pixels, set.max_bytes));
    DecodeLimits decode;
    decode.max_pixels = limits.max_pixels;
    decode.max_bytes = limits.max_bytes;
    VERGER_ASSIGN_OR_RETURN(const std::vector<Bytes> contents,
                            abi::ReadPhotos(photos, photos_schema));
    VERGER_ASSIGN_OR_RETURN(const Calibration calibration_data,
                            Calibrate(model->model, contents, decode, set.threads,
                                      abi::ProgressOf(set.progress), abi::LoaderOf(set.decoder)));
    const std::string bytes = calibration_data.Serialize();
    *calibration = abi::HandOut(ToBase64(std::as_bytes(std::span(bytes))));
    return Ok();
  });
}

verger_status verger_model_choice(verger_text manifest, const verger_model* model,
                                  verger_text preset, verger_text precision, verger_bytes* choice,
                                  verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(abi::Require(model != nullptr && choice != nullptr,
                                        "verger_model_choice: model and choice must not be NULL"));
    ModelChoice settled{std::string(abi::AsText(preset)), std::string(abi::AsText(precision)), ""};
    if (manifest.size > 0) {
      VERGER_ASSIGN_OR_RETURN(const Manifest read, ReadManifest(abi::AsText(manifest), "manifest"));
      settled = LikeRows(std::move(settled), read.model, model->model.sha256);
      if (!abi::IsOf(settled.calibration, model->model)) settled.calibration.clear();
    }
    const nlohmann::json json = {{"preset", settled.preset},
                                 {"precision", settled.precision},
                                 {"calibration", settled.calibration}};
    *choice = abi::HandOut(FormatJson(json));
    return Ok();
  });
}

int32_t verger_has_bf16(void) { return verger::HasBf16() ? 1 : 0; }

const char* verger_model_describe(const verger_model* model) { return model->description.c_str(); }

verger_status verger_model_app_network(const verger_model* model, const char* weights,
                                       verger_bytes* network, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(model != nullptr && network != nullptr,
                     "verger_model_app_network: model and network must not be NULL"));
    VERGER_ASSIGN_OR_RETURN(const WeightStorage storage,
                            ReadWeightStorage(weights != nullptr ? weights : kAppWeights));
    VERGER_ASSIGN_OR_RETURN(const std::string file, AppNetwork(model->model, storage));
    *network = abi::HandOut(file);
    return Ok();
  });
}

void verger_model_free(verger_model* model) { delete model; }

}  // extern "C"
