// store.h: the models a user has fetched or added.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace verger::cli {

struct ModelEntry {
  std::string name;
  std::filesystem::path file;
  std::string format;  // "keras-h5" or "onnx"
  std::string preset;
  std::string output, pool;  // of ONNX, as ModelChoice; mostly empty
  std::string sha256;
  std::uint64_t bytes = 0;
  int dimension = 0;  // of a feature vector
  std::string source;
  std::string license;  // empty: not known
};

struct StoredModel {
  ModelEntry entry;
  std::string bytes;
};

// A folder of models. `NAME.json` describes one and names the file that holds
// it, `NAME-<start of its sha256>.h5` or `.onnx`: the json, written last and whole, is
// what makes a model exist, and one that replaces another swaps both at once.
//
// Many processes may use one folder: writers take turns by a lock, readers need none.
class ModelStore {
 public:
  // The folder need not exist; the first Add creates it.
  explicit ModelStore(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }

  // Sorted by name. A json that describes no model is left out and named in `damaged`,
  // unless that is null, with what is wrong.
  // Errors: kStorage if the folder cannot be listed.
  std::vector<ModelEntry> List(std::vector<std::string>* damaged = nullptr) const;

  // Errors: kBadInput if the model's json is damaged.
  std::optional<ModelEntry> Find(const std::string& name) const;

  // Returns a model with its bytes, checked against its size and digest; nullopt if there
  // is none. Both are of one version, even if another process replaces it meanwhile.
  // Errors: kBadInput, with the remedy, if its json or its file is damaged or gone.
  std::optional<StoredModel> Read(const std::string& name) const;

  // Stores `bytes` as the model `entry.name`. Returns the entry with its `file`, `sha256` and
  // `bytes` set.
  //
  // Errors: kUsage for a bad name or the embedded model's; kBadInput if there is
  //         another model of that name, unless `replace`; kStorage; kInUse if another
  //         process holds the store for more than 30 s. The store is then as before.
  ModelEntry Add(ModelEntry entry, std::string_view bytes, bool replace) const;

 private:
  std::filesystem::path JsonOf(const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace verger::cli
