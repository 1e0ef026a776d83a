// Models through the door.
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "abi/bytes.h"
#include "abi/guard.h"
#include "abi/handles.h"

namespace verger::abi {
namespace {

std::string Describe(const Model& model) {
  const nlohmann::ordered_json description = {
      {"name", model.name},
      {"format", model.format == ModelFormat::kKerasH5 ? "keras-h5" : "onnx"},
      {"sha256", model.sha256},
      {"preset", model.preset.name},
      {"parts", Parts(model.preset)},
      {"identity", Identity(model.preset)},
      {"dimension", model.dimension},
      {"width", model.preset.input.width},
      {"height", model.preset.input.height},
  };
  // A name that is not UTF-8 is the caller's to choose, and no reason to fail.
  return description.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Status HandOutModel(Result<Model> read, verger_model** model) {
  if (!read) return std::move(read).error();
  std::string description = Describe(*read);
  *model = new verger_model{*std::move(read), std::move(description)};
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
    return abi::HandOutModel(ReadModel(abi::AsBytes(data, size), set.name ? set.name : "model",
                                       set.preset ? set.preset : ""),
                             model);
  });
}

verger_status verger_model_embedded(verger_model** model, verger_error* error) {
  using namespace verger;
  return abi::Guard(error, [&]() -> Status {
    VERGER_RETURN_IF_ERROR(
        abi::Require(model != nullptr, "verger_model_embedded: model must not be NULL"));
    return abi::HandOutModel(EmbeddedModel(), model);
  });
}

const char* verger_model_describe(const verger_model* model) { return model->description.c_str(); }

void verger_model_free(verger_model* model) { delete model; }

}  // extern "C"
