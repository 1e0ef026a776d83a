#include "core/model/precision.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/model/engine.h"

namespace verger {
namespace {

constexpr std::array<std::pair<std::string_view, Precision>, 3> kNames = {
    {{"fp32", Precision::kFp32}, {"bf16", Precision::kBf16}, {"int8", Precision::kInt8}}};

}  // namespace

std::string_view NameOf(Precision precision) {
  return std::ranges::find(kNames, precision, &decltype(kNames)::value_type::second)->first;
}

Result<Precision> ReadPrecision(std::string_view name) {
  const auto* known = std::ranges::find(kNames, name, &decltype(kNames)::value_type::first);
  if (known == kNames.end()) {
    return Error{Code::kBadCall, fmt::format("no precision '{}': choose fp32, bf16 or int8", name)};
  }
  return known->second;
}

bool HasBf16() {
  static const bool has = []() noexcept {
    try {
      const auto known = Engine().get_property("CPU", ov::device::capabilities);
      return std::ranges::find(known, ov::device::capability::BF16) != known.end();
    } catch (const std::exception&) {
      return false;  // compiling a network reports what is wrong with the engine
    }
  }();
  return has;
}

}  // namespace verger
