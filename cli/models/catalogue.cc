#include "cli/models/catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "abi/verger.h"
#include "cli/base/error.h"
#include "cli/base/json.h"

namespace verger::cli {

std::string ToString(const Pin& pin) {
  return (pin.kind == DigestKind::kMd5 ? "md5 " : "sha256 ") + pin.hex;
}

Pin ParseSha256(const std::string& text) {
  std::string hex = text;
  for (char& c : hex) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Failure(Exit::kUsage, "--sha256 takes 64 hexadecimal digits");
  }
  return {DigestKind::kSha256, hex};
}

const std::vector<ModelSource>& Catalogue() {
  static const std::vector<ModelSource> sources = [] {
    std::vector<ModelSource> read;
    for (const auto& source : ParseJson(verger_model_sources())) {
      read.push_back({source.at("name"),
                      source.at("file_name"),
                      source.at("url"),
                      source.at("bytes"),
                      {DigestKind::kMd5, source.at("md5")},
                      source.at("preset"),
                      source.at("license")});
    }
    return read;
  }();
  return sources;
}

const std::vector<std::string>& EmbeddedModels() {
  static const std::vector<std::string> models = [] {
    std::vector<std::string> names;
    std::istringstream text(verger_embedded_models());
    for (std::string name; std::getline(text, name, ',');) names.push_back(name);
    return names;
  }();
  return models;
}

bool IsEmbedded(std::string_view name) {
  return std::ranges::find(EmbeddedModels(), name) != EmbeddedModels().end();
}

const ModelSource* FindSource(std::string_view name) {
  for (const ModelSource& source : Catalogue()) {
    if (source.name == name) return &source;
  }
  return nullptr;
}

const ModelSource* RecogniseModel(std::string_view bytes) {
  for (const ModelSource& source : Catalogue()) {
    if (IsFile(source, bytes)) return &source;
  }
  return nullptr;
}

bool IsFile(const ModelSource& source, std::string_view bytes) {
  if (source.size != 0 && bytes.size() != source.size) return false;
  Digest digest(source.pin.kind);
  digest.Update(bytes);
  return digest.Hex() == source.pin.hex;
}

}  // namespace verger::cli
