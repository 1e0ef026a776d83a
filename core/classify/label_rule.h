// label_rule.h: the label by which a photo is trained and tested: its own, or a coarser one.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace verger {

// The folder `level` levels above the one that holds the photo; 0: the folder itself. Empty if the
// path has fewer folders.
std::string_view FolderAbove(std::string_view path, int level);

class LabelRule {
 public:
  LabelRule() = default;  // each photo's own label

  // `level`: 0, or take the folder so many levels above the one that holds the photo. `table`: CSV
  // (RFC 4180) of two columns, a label of that level and the label to use instead, such as
  // "Granny Smith,Apple"; empty: labels stay. A first line "label,..." is a header.
  //
  // Errors: kBadCall for a negative level, for a line that has not two fields, for a label that
  //         the table has twice with different labels to use; each names the line.
  static Result<LabelRule> Create(int level, std::string_view table);

  // Errors: kBadCall for a path with fewer folders than the level, or a label that the table lacks;
  //         the message names it.
  Result<std::string_view> LabelOf(std::string_view path, std::string_view label) const;

  int level() const { return level_; }
  const std::string& table() const { return text_; }  // as given to Create

 private:
  int level_ = 0;
  std::string text_;
  std::map<std::string, std::string, std::less<>> labels_;
};

}  // namespace verger
