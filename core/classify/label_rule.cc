#include "core/classify/label_rule.h"

#include <fmt/core.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace verger {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Reads CSV record by record: fields may be quoted, and a quoted one may span lines.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  int line() const { return line_; }  // of the record read last

  // Nothing if a quoted field does not end.
  std::optional<std::vector<std::string>> Next() {
    line_ = next_line_;
    std::vector<std::string> fields(1);
    bool quoted = false;
    while (!text_.empty()) {
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == '\n') ++next_line_;
      if (quoted) {
        if (c != '"') {
          fields.back() += c;
        } else if (text_.starts_with('"')) {
          fields.back() += c;
          text_.remove_prefix(1);
        } else {
          quoted = false;
        }
      } else if (c == '"' && fields.back().empty()) {
        quoted = true;
      } else if (c == ',') {
        fields.emplace_back();
      } else if (c == '\n') {
        break;
      } else if (c != '\r' || !text_.starts_with('\n')) {
        fields.back() += c;
      }
    }
    if (quoted) return std::nullopt;
    return fields;
  }

 private:
  std::string_view text_;
  int line_ = 1;
  int next_line_ = 1;
};

Error BadLine(int line, std::string_view reason) {
  return {Code::kBadCall,
          fmt::format("table of labels, line {}: {}; give two columns per line, the label and the "
                      "label to use instead",
                      line, reason)};
}

}  // namespace

std::string_view FolderAbove(std::string_view path, int level) {
  for (int above = 0; above <= level; ++above) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return {};
    path = path.substr(0, slash);
  }
  return path.substr(path.rfind('/') + 1);
}

Result<LabelRule> LabelRule::Create(int level, std::string_view table) {
  if (level < 0) return Error{Code::kBadCall, fmt::format("label level {}: give 0 or more", level)};
  LabelRule rule;
  rule.level_ = level;
  rule.text_ = table;
  if (table.starts_with(kByteOrderMark)) table.remove_prefix(kByteOrderMark.size());
  CsvReader reader(table);
  for (bool is_first = true; !reader.done(); is_first = false) {
    const auto fields = reader.Next();
    if (!fields) return BadLine(reader.line(), "a quoted field does not end");
    if (fields->size() == 1 && fields->front().empty()) continue;  // an empty line
    if (is_first && fields->front() == "label") continue;
    if (fields->size() != 2)
      return BadLine(reader.line(), fmt::format("{} fields", fields->size()));
    const std::string& from = fields->front();
    const std::string& to = fields->back();
    if (to.empty()) return BadLine(reader.line(), fmt::format("no label for \"{}\"", from));
    const auto [entry, is_new] = rule.labels_.try_emplace(from, to);
    if (!is_new && entry->second != to) {
      return BadLine(reader.line(), fmt::format("\"{}\" is \"{}\" here and \"{}\" above", from, to,
                                                entry->second));
    }
  }
  if (!table.empty() && rule.labels_.empty()) return BadLine(1, "no label");
  return rule;
}

Result<std::string_view> LabelRule::LabelOf(std::string_view path, std::string_view label) const {
  const std::string_view name = level_ == 0 ? label : FolderAbove(path, level_);
  if (name.empty() && level_ > 0) {
    return Error{
        Code::kBadCall,
        fmt::format("label level {}: {} has fewer folders above it: give a lower level, from 0",
                    level_, path)};
  }
  if (labels_.empty()) return name;
  const auto entry = labels_.find(name);
  if (entry == labels_.end()) {
    return Error{Code::kBadCall,
                 fmt::format("table of labels: \"{}\" is missing ({}): add a line \"{},...\"", name,
                             path, name)};
  }
  return std::string_view(entry->second);
}

}  // namespace verger
