// catalogue.h: the models that Verger knows by name.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/base/digest.h"

namespace verger::cli {

// The models inside the program; the first is the default.
inline constexpr std::array<std::string_view, 3> kEmbeddedModels = {
    "efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2"};

// Whether a model inside the program is called `name`.
bool IsEmbedded(std::string_view name);

// A digest that somebody vouches for; empty text: none.
struct Pin {
  DigestKind kind = DigestKind::kSha256;
  std::string hex;
};

// "md5 4d47..." or "sha256 ...".
std::string Words(const Pin& pin);

// `text` as a pin. Errors: kUsage unless it is 64 hexadecimal digits, of either case.
Pin ParseSha256(const std::string& text);

// A model file that can be downloaded, and how to tell that it is the right one.
struct ModelSource {
  std::string name;
  std::string file_name;
  std::string url;
  std::uint64_t size = 0;  // bytes; 0: not known
  Pin pin;
  std::string preset;   // empty: the default of its format
  std::string license;  // empty: not known
};

// Every file that `verger model fetch NAME` downloads without being told more.
const std::vector<ModelSource>& Catalogue();

// The catalogue's source of that name, or null.
const ModelSource* FindSource(std::string_view name);

// The catalogue's source whose size and digest `bytes` has, or null.
const ModelSource* RecogniseModel(std::string_view bytes);

// True if `bytes` has the size and digest of `source`.
bool IsFile(const ModelSource& source, std::string_view bytes);

}  // namespace verger::cli
