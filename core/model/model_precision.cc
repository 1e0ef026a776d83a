// A model in another precision, and what tells models apart.
#include <fmt/core.h>

#include <openvino/openvino.hpp>
#include <string>

#include "core/base/sha256.h"
#include "core/model/engine_error.h"
#include "core/model/model.h"
#include "core/model/quantise.h"

namespace verger {
namespace {

constexpr std::size_t kDigits = 16;

std::string Digest(const std::string& text) {
  return Sha256(std::as_bytes(std::span(text))).substr(0, kDigits);
}

std::string ChoiceText(const OutputChoice& choice) {
  std::string text;
  if (!choice.output.empty()) text += ":output=" + choice.output;
  if (!choice.pool.empty()) text += ":pool=" + choice.pool;
  return text;
}

// A copy of the network, on which `step` has been carried out; it returns a Status or a Result.
template <typename Step>
Result<std::shared_ptr<ov::Model>> OnCopyOf(const Model& model, const Step& step) {
  try {
    const std::shared_ptr<ov::Model> copy = model.network->clone();
    VERGER_RETURN_IF_ERROR(step(copy));
    return copy;
  } catch (const std::bad_alloc&) {
    return Error{Code::kInternal, "out of memory while quantising " + model.name};
  } catch (const std::exception& exception) {
    return Error{Code::kBadModel, fmt::format("{}: cannot be quantised ({}); choose fp32 or bf16",
                                              model.name, CauseOf(exception.what()))};
  }
}

Result<Calibration> CalibrationFor(const Model& model, Bytes bytes) {
  Result<Calibration> read = Calibration::Parse(bytes);
  if (!read) return Error{read.error().code, model.name + ": " + read.error().message};
  if (read->subject != CalibrationSubject(model)) {
    return Error{Code::kBadModel,
                 fmt::format("{}: the calibration is of another network, preset or output: "
                             "calibrate this one on photos",
                             model.name)};
  }
  return read;
}

}  // namespace

std::string CalibrationSubject(const Model& model) {
  return Digest(model.sha256 + '\n' + MainParts(model.preset) + ChoiceText(model.choice));
}

Result<Model> WithPrecision(Model model, Precision precision, Bytes calibration) {
  model.precision = precision;
  if (precision != Precision::kInt8) {
    if (calibration.empty()) return model;
    return Error{
        Code::kBadCall,
        fmt::format("{}: a calibration is for int8: choose int8, or leave it out", model.name)};
  }
  if (calibration.empty()) calibration = model.known_calibration;
  if (calibration.empty()) {
    return Error{Code::kBadCall,
                 fmt::format("{}: int8 needs a calibration of the network on photos: make one by "
                             "verger_calibrate (in Python, Model.calibrate), or choose fp32",
                             model.name)};
  }
  VERGER_ASSIGN_OR_RETURN(const Calibration read, CalibrationFor(model, calibration));
  model.calibration = {reinterpret_cast<const char*>(calibration.data()), calibration.size()};
  const auto find_points = [&](const std::shared_ptr<ov::Model>& network) {
    return PointsFor(network, read, model.name);
  };
  VERGER_RETURN_IF_ERROR(OnCopyOf(model, find_points));
  return model;
}

Result<std::shared_ptr<ov::Model>> NetworkToCompile(const Model& model) {
  if (model.precision != Precision::kInt8) return model.network->clone();
  VERGER_ASSIGN_OR_RETURN(const Calibration calibration,
                          Calibration::Parse(std::as_bytes(std::span(model.calibration))));
  return OnCopyOf(model, [&](const std::shared_ptr<ov::Model>& network) {
    return Quantise(network, calibration, model.name);
  });
}

std::string Identity(const Model& model) {
  std::string identity = Identity(model.preset) + ChoiceText(model.choice);
  if (model.precision == Precision::kFp32) return identity;
  identity += fmt::format(":{}", NameOf(model.precision));
  if (model.precision == Precision::kInt8) {
    identity += "=" + Digest(fmt::format("{}\n", kQuantiser) + model.calibration);
  }
  return identity;
}

}  // namespace verger
