#include "cli/storage/place.h"

#include <fmt/core.h>

#include "cli/base/text.h"

namespace verger::cli {

std::string Place::PathOf(std::string_view name) const {
  const std::string_view separator = display_name_.ends_with('/') || name.empty() ? "" : "/";
  return Printable(fmt::format("{}{}{}", display_name_, separator, name));
}

std::string Place::Read(const std::string& name) const {
  if (auto bytes = ReadIfPresent(name)) return *std::move(bytes);
  throw Failure(Exit::kStorage,
                fmt::format("cannot read '{}': it does not exist; check the name", PathOf(name)));
}

Failure Place::InUse(std::string_view remedy) const {
  return Failure(Exit::kInUse, fmt::format("{}: another run is writing to it: {}",
                                           Printable(display_name_), remedy));
}

}  // namespace verger::cli
