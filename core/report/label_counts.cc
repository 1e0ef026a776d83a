#include "core/report/label_counts.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace verger {
namespace {

constexpr std::size_t kMostLabels = 65'536;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a run of digits off, without its leading zeros.
std::string_view TakeNumber(std::string_view* text) {
  std::size_t end = 0;
  while (end < text->size() && IsDigit((*text)[end])) ++end;
  std::string_view number = text->substr(0, end);
  text->remove_prefix(end);
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

}  // namespace

bool NaturallyBefore(std::string_view a, std::string_view b) {
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (IsDigit(a.front()) && IsDigit(b.front())) {
      const std::string_view one = TakeNumber(&a);
      const std::string_view other = TakeNumber(&b);
      if (one != other) return std::tuple(one.size(), one) < std::tuple(other.size(), other);
      continue;
    }
    if (a.front() != b.front()) {
      return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
    }
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;  // such as "1" and "01"
}

std::uint32_t LabelCounts::Number(std::string_view name) {
  const auto known = numbers_.find(name);
  if (known != numbers_.end()) return known->second;
  if (labels_.size() == kMostLabels) return static_cast<std::uint32_t>(kMostLabels - 1);
  const auto number = static_cast<std::uint32_t>(labels_.size());
  numbers_.emplace(name, number);
  labels_.emplace_back().name = name;
  return number;
}

LabelCounts::Choice LabelCounts::Choose(std::size_t most) const {
  Choice choice;
  choice.labels.resize(labels_.size());
  std::iota(choice.labels.begin(), choice.labels.end(), 0U);
  // The last one stands for all labels beyond it and has no name of its own.
  if (labels_.size() == kMostLabels) choice.labels.pop_back();
  std::stable_sort(
      choice.labels.begin(), choice.labels.end(), [&](std::uint32_t a, std::uint32_t b) {
        return labels_[a].rows + labels_[a].rejects > labels_[b].rows + labels_[b].rejects;
      });
  if (choice.labels.size() > most) choice.labels.resize(most);
  std::sort(choice.labels.begin(), choice.labels.end(), [&](std::uint32_t a, std::uint32_t b) {
    return NaturallyBefore(labels_[a].name, labels_[b].name);
  });
  choice.place.assign(labels_.size(), static_cast<std::uint32_t>(choice.labels.size()));
  for (std::size_t at = 0; at < choice.labels.size(); ++at) {
    choice.place[choice.labels[at]] = static_cast<std::uint32_t>(at);
  }
  for (std::size_t label = 0; label < labels_.size(); ++label) {
    if (choice.place[label] < choice.labels.size()) continue;
    choice.others.rows += labels_[label].rows;
    choice.others.rejects += labels_[label].rejects;
    ++choice.others_count;
  }
  return choice;
}

}  // namespace verger
