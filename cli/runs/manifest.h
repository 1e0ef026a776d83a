// manifest.h: what an output holds: its parts, their checksums, settings and rejects.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/verger.h"

namespace verger::cli {

// A file of the output. `name` is below OUT, '/' between names.
struct FileEntry {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;

  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};

// A Parquet part. Photos of it = rows + rejects.
struct PartEntry {
  FileEntry file;
  std::int64_t rows = 0;     // with features
  std::int64_t rejects = 0;  // in Preprocessing; Results has none
  // Paths of the first and the last row of a part of Preprocessing whose rows are in the order of
  // their paths; "" where that is not known.
  std::string first;
  std::string last;

  friend bool operator==(const PartEntry&, const PartEntry&) = default;
};

// A part of Results and the part of Preprocessing, by its SHA-256, that it projects.
struct ResultEntry {
  PartEntry part;
  std::string source;

  friend bool operator==(const ResultEntry&, const ResultEntry&) = default;
};

// The network that features came from.
struct ModelIdentity {
  std::string name;
  std::string sha256;
  std::string preset;    // its name, or its parts
  std::string identity;  // all that decides about features, in one line
  int dimension = 0;     // of the features
  std::string precision = "fp32";
  std::string calibration{};  // of int8, as verger.h has it

  // Whether features of both are the same: the name does not count.
  bool SameFeatures(const ModelIdentity& other) const {
    return sha256 == other.sha256 && identity == other.identity && dimension == other.dimension;
  }
};

// What a PCA was asked to be.
struct PcaSettings {
  int components = 0;         // 0: as many as the share takes
  double variance_share = 0;  // 0: a count decides
  bool spark_scores = false;
  bool fewer_will_do = false;  // keep as many of `components` as the photos allow

  verger_scores scores() const {
    return spark_scores ? VERGER_SCORES_SPARK : VERGER_SCORES_CENTRED;
  }

  friend bool operator==(const PcaSettings&, const PcaSettings&) = default;
};

struct Reduction {
  PcaSettings settings;
  std::string moments;            // SHA-256 of the saved moments that it was fitted to
  int components = 0;             // there are
  double explained_variance = 0;  // share of the total, of all components together
  FileEntry pca;                  // the document of Model/pca.json
  std::vector<ResultEntry> results;

  friend bool operator==(const Reduction&, const Reduction&) = default;
};

// How many rejects a document keeps.
inline constexpr std::size_t kRejectsListed = 100;

struct Reject {
  std::string path;
  std::string reason;

  friend bool operator==(const Reject&, const Reject&) = default;
};

// What rows call a photo: its path, or the SHA-256 of it, for names that are private.
enum class PathMode { kPlain, kHash };

const char* NameOf(PathMode mode);

struct Manifest {
  std::string photos;  // where they came from; "" where that is private
  PathMode path_mode = PathMode::kPlain;
  std::int64_t labels = 0;
  ModelIdentity model;
  std::vector<PartEntry> preprocessing;
  FileEntry moments;  // of all rows of preprocessing
  // By path. A document keeps the first of them; all stand in the parts: rejected() counts them.
  std::vector<Reject> rejects;
  std::optional<Reduction> reduction;
  // Parts of Preprocessing that this version takes the place of, by name: they may be removed.
  std::vector<std::string> replaced;

  std::int64_t rows() const;
  std::int64_t rejected() const;
  std::int64_t inputs() const { return rows() + rejected(); }
};

// The JSON document of docs/feature-format.md. Errors: Failure kStorage if the library would not
// read it.
std::string ToJson(const Manifest& manifest);

// `name` is for messages. Errors: Failure kStorage if it is not a whole manifest of a version
// that the library knows.
Manifest ManifestFromJson(std::string_view json, const std::string& name);

// Pieces of a manifest that stand in other documents of the library as well.
std::vector<PartEntry> PartsFromJson(const nlohmann::json& json);
std::vector<Reject> RejectsFromJson(const nlohmann::json& json);

}  // namespace verger::cli
