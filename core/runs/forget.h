// forget.h: erases photos from an output, as if they had never been in it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/base/result.h"
#include "core/runs/manifest.h"
#include "core/runs/text_search.h"

namespace verger {

// A row of a part.
struct ForgetRow {
  std::string_view path;
  std::string_view label;
  std::string_view error;  // why it was rejected; "": it was not
};

// Selects the rows to erase: of every photo whose path, folder or label is one of the names.
//
// If no photo has any of the names, only `Prove` searches for them: so a call that was killed
// before its proof is completed by the same call. If only some of the names match photos, another
// is probably misspelt: then nothing may be changed.
class Forgetting {
 public:
  // Errors: kBadCall for a name without a letter.
  static Result<Forgetting> Of(const Manifest& manifest, const std::vector<std::string>& names);

  struct PartVerdict {
    bool stays = false;  // as it is; a part that the manifest does not name stays, too,
                         // where it is worth a later run's work
    std::vector<std::int64_t> rows_that_stay;  // rows that are not meant, ascending
  };

  // Adds the rows of a part of Preprocessing: first of all parts that the manifest lists, then of
  // all others.
  PartVerdict AddPart(std::string_view name, const std::vector<ForgetRow>& rows);

  struct Left {
    std::int64_t photos = 0;           // that are meant, in parts of any kind
    std::int64_t rows = 0;             // of those, with features and in the manifest
    std::int64_t rejects = 0;          // likewise, rejected
    std::int64_t labels = 0;           // of what is left
    std::vector<Reject> rejects_left;  // the first of what is left, by path
  };

  // Call it after all parts.
  // Errors: kNotOurs if only some of the names match photos, or if no features would remain.
  Result<Left> Finish(std::string_view place) const;

  // Checks that a file of the output contains none of the paths; `rows` if it is a part. Where a
  // path is part of a longer path that stays, it does not count.
  // Errors: kInternal, naming the file.
  Status Prove(std::string_view place, std::string_view name, std::string_view bytes,
               const std::vector<ForgetRow>& rows);

 private:
  Forgetting() = default;
  bool Means(const ForgetRow& row, std::set<std::string>* matches) const;
  std::vector<std::string> Texts() const;

  bool hashed_ = false;
  std::set<std::string> listed_parts_;
  std::map<std::string, std::string, std::less<>> names_;  // as rows have them, and as given
  std::set<std::string> matched_keys_;                     // keys of names_ that a row had
  std::unordered_set<std::string> removed_paths_;          // paths
  std::unordered_set<std::string> listed_;                 // paths of rows of the manifest's parts
  std::set<std::string> labels_;                           // of what is left
  std::vector<Reject> rejects_;                            // of what is left
  std::int64_t kept_rows_ = 0;
  Left left_;
  std::optional<TextSearch> search_;
};

}  // namespace verger
