// manifest.h: the content of a version of an output: its parts, their checksums, settings and
// rejects.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace verger {

// A file of the output. `name` is below OUT, '/' between names.
struct FileEntry {
  std::string name;
  std::int64_t bytes = 0;
  std::string sha256;
};

// A Parquet part. Photos of it = rows + rejects; Results has no rejects.
struct PartEntry {
  FileEntry file;
  std::int64_t rows = 0;
  std::int64_t rejects = 0;
  // Paths of the first and the last row of a part of Preprocessing; "" where they are not known:
  // version 1 of the format did not have them.
  std::string first;
  std::string last;
};

// A part of Results and the part of Preprocessing, by its SHA-256, that it projects.
struct ResultEntry {
  PartEntry part;
  std::string source;
};

// The network that features came from; `identity` has everything that determines them, in one line.
struct ModelIdentity {
  std::string name;
  std::string sha256;
  std::string preset;
  std::string identity;
  std::int32_t dimension = 0;
  std::string precision = "fp32";
  std::string calibration{};  // of int8, in base64: by which a later run quantises the same network

  // Whether features of both are the same: the name does not count.
  bool SameFeatures(const ModelIdentity& other) const {
    return sha256 == other.sha256 && identity == other.identity && dimension == other.dimension;
  }
};

// What a PCA was asked to be: a count of components, or else a share of the variance.
struct PcaSettings {
  std::int32_t components = 0;
  double variance_share = 0;
  bool spark_scores = false;
  bool fewer_will_do = false;
};

struct Reduction {
  PcaSettings settings;
  std::string moments;  // SHA-256 of the saved moments that it was fitted to
  std::int32_t components = 0;
  double explained_variance = 0;
  FileEntry pca;
  std::vector<ResultEntry> results;
};

struct Reject {
  std::string path;
  std::string reason;
};

// How many rejects a manifest names; all of them stand in the parts.
inline constexpr std::size_t kRejectsListed = 100;

struct Manifest {
  std::string photos;  // the place they came from; "" where paths are hashed
  bool hashed = false;
  std::int64_t labels = 0;
  ModelIdentity model;
  std::vector<PartEntry> preprocessing;
  FileEntry moments;  // of all rows of preprocessing
  std::optional<Reduction> reduction;
  std::vector<std::string> replaced;  // parts of Preprocessing that this version does without
  std::vector<Reject> rejects;        // at most kRejectsListed, by path

  std::int64_t rows() const;
  std::int64_t rejected() const;
  std::int64_t inputs() const { return rows() + rejected(); }

  // Every file that it names but those it does without.
  std::set<std::string, std::less<>> Names() const;
};

// Reads the JSON document of docs/feature-format.md, of any version there was. `name` is for
// messages.
//
// Errors: kBadOutput if it is not a whole manifest of a version that this library knows, or names
//         files that verger could not have written; if `json` is empty, as of a file that is listed
//         and cannot be read.
Result<Manifest> ReadManifest(std::string_view json, std::string_view name);

// The document in the newest version; the same manifest gives the same bytes.
std::string WriteManifest(const Manifest& manifest);

}  // namespace verger
