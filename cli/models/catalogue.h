// catalogue.h: the models that Verger knows by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/base/digest.h"

namespace verger::cli {

// Names of the models that come with the library; the first is the default.
const std::vector<std::string>& EmbeddedModels();

// Whether one of them is called `name`.
bool IsEmbedded(std::string_view name);

// A digest that a publisher states; empty text: none.
struct Pin {
  DigestKind kind = DigestKind::kSha256;
  std::string hex;
};

// Returns "md5 4d47..." or "sha256 ...".
std::string ToString(const Pin& pin);

// Returns `text` as a pin. Errors: kUsage unless it is 64 hexadecimal digits, of either case.
Pin ParseSha256(const std::string& text);

// A model file that can be downloaded, and how to verify it.
struct ModelSource {
  std::string name;
  std::string file_name;
  std::string url;
  std::uint64_t size = 0;  // bytes; 0: not known
  Pin pin;
  std::string preset;   // empty: the default of its format
  std::string license;  // empty: not known
};

// Every file that `verger model fetch NAME` downloads without further options.
const std::vector<ModelSource>& Catalogue();

// Returns the catalogue's source of that name, or null.
const ModelSource* FindSource(std::string_view name);

// Returns the catalogue's source whose size and digest `bytes` has, or null.
const ModelSource* RecogniseModel(std::string_view bytes);

// True if `bytes` has the size and digest of `source`.
bool IsFile(const ModelSource& source, std::string_view bytes);

}  // namespace verger::cli
