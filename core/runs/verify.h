// verify.h: whether an output is what its manifest says.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/runs/manifest.h"
#include "core/runs/steps.h"

namespace verger {

// A line each, "NAME: what is wrong with it"; none if all is well.
using Problems = std::vector<std::string>;

// A row of a part: its photo, and why that was rejected ("": it was not).
struct VerifiedRow {
  std::string_view path;
  std::string_view error;
};

// Takes the contents of the files that a manifest names, in any order; leave out those
// that are missing or have other bytes: the caller that reads them reports that.
//
// Memory: about 70 bytes a row, and all rejects.
class Verifier {
 public:
  explicit Verifier(Manifest manifest);

  // A part of Preprocessing or Results. Problems: counts, order, a second row of a path.
  // Errors: kBadCall for a name that the manifest does not have.
  Result<Problems> AddPart(std::string_view name, const std::vector<VerifiedRow>& rows);

  // The document of the manifest's PCA, and that of Model/pca.json, "" if there is none.
  Problems AddPca(std::string_view document, std::string_view page_document);

  // What concerns more than one file.
  Problems Finish(const Listing& listing) const;

 private:
  Problems AddPhotos(const PartEntry& part, const std::vector<VerifiedRow>& rows);

  // Of a path, half of its SHA-256 in hexadecimal digits: no two paths share it by chance.
  using Key = std::array<char, 32>;
  struct HashOfKey {
    std::size_t operator()(const Key& key) const;
  };

  Manifest manifest_;
  std::map<std::string, PartEntry, std::less<>> photos_;   // parts of Preprocessing, by name
  std::map<std::string, PartEntry, std::less<>> results_;  // parts of Results
  std::set<std::string, std::less<>> added_;               // of photos_
  std::unordered_set<Key, HashOfKey> paths_;
  std::vector<Reject> rejects_;
};

}  // namespace verger
