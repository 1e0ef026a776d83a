#include "core/report/duplicates.h"

#include <cstddef>
#include <nlohmann/json.hpp>

namespace verger {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostOfAKind = 12;

bool IsAcross(const Json& group) {
  return group.is_object() && group.value("across_labels", Json(false)) == true;
}

// The first ones of either kind.
Json Choose(const Json& groups) {
  Json choice = Json::array();
  for (const bool across : {true, false}) {
    std::size_t count = 0;
    for (const Json& group : groups) {
      if (count == kMostOfAKind) break;
      if (IsAcross(group) != across) continue;
      choice.push_back(group);
      ++count;
    }
  }
  return choice;
}

}  // namespace

Json ChooseDuplicates(const Json& duplicates) {
  Json choice = Json::object();
  for (const char* key : {"photos", "spare", "within", "near_pairs", "near_across_labels"}) {
    if (duplicates.contains(key)) choice[key] = duplicates[key];
  }
  const Json equal = duplicates.value("equal", Json::array());
  std::size_t across = 0;
  for (const Json& group : equal) across += IsAcross(group) ? 1 : 0;
  choice["equal_groups"] = equal.size();
  choice["equal_across_labels"] = across;
  choice["equal"] = Choose(equal);
  if (duplicates.contains("near")) choice["near"] = Choose(duplicates["near"]);
  return choice;
}

}  // namespace verger
