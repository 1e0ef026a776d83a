#include "core/model/hdf5_read.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "core/model/hdf5_handle.h"

namespace verger {
namespace {

// More than any Keras network has, and little enough that a lying header costs nothing.
constexpr hssize_t kMaxNames = 10'000;

std::string TakeText(const char* text, std::size_t size) {
  return std::string(text, strnlen(text, size));
}

// "conv2d_10" -> ("conv2d", 10); without a number, 0.
std::pair<std::string_view, int> Numbered(std::string_view name) {
  const std::size_t at = name.find_last_not_of("0123456789");
  int number = 0;
  if (at == std::string_view::npos || at + 1 == name.size() || name[at] != '_') return {name, 0};
  std::from_chars(name.data() + at + 1, name.data() + name.size(), number);
  return {name.substr(0, at), number};
}

herr_t AddName(hid_t group, const char* name, const H5L_info_t* info, void* names) {
  static_cast<void>(group);
  if (info->type != H5L_TYPE_HARD) return 0;
  auto& all = *static_cast<std::vector<std::string>*>(names);
  if (static_cast<hssize_t>(all.size()) == kMaxNames) return -1;
  all.emplace_back(name);
  return 0;
}

}  // namespace

bool IsHardLink(hid_t parent, const std::string& name) {
  H5L_info_t info;
  return H5Lget_info(parent, name.c_str(), &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

std::optional<std::vector<std::string>> ReadLinks(hid_t group) {
  std::vector<std::string> names;
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, AddName, &names) < 0) {
    return std::nullopt;
  }
  std::ranges::sort(names, {}, [](const std::string& name) { return Numbered(name); });
  return names;
}

std::optional<std::vector<std::string>> ReadTexts(hid_t object, const char* attribute,
                                                  std::size_t longest) {
  const Hdf5Handle names(H5Aopen(object, attribute, H5P_DEFAULT));
  if (!names) return std::nullopt;
  const Hdf5Handle space(H5Aget_space(names.get()));
  const Hdf5Handle type(H5Aget_type(names.get()));
  if (!space || !type) return std::nullopt;
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (count < 0 || count > kMaxNames) return std::nullopt;
  std::vector<std::string> result;
  if (count == 0) return result;
  if (H5Tget_class(type.get()) != H5T_STRING) return std::nullopt;

  const Hdf5Handle memory(H5Tcopy(H5T_C_S1));
  if (H5Tis_variable_str(type.get()) > 0) {
    H5Tset_size(memory.get(), H5T_VARIABLE);
    H5Tset_cset(memory.get(), H5Tget_cset(type.get()));
    std::vector<char*> texts(static_cast<std::size_t>(count), nullptr);
    const bool read = H5Aread(names.get(), memory.get(), texts.data()) >= 0;
    for (const char* text : texts) {
      result.push_back(text == nullptr ? "" : TakeText(text, longest));
    }
    H5Dvlen_reclaim(memory.get(), space.get(), H5P_DEFAULT, texts.data());
    if (!read) return std::nullopt;
    return result;
  }
  const std::size_t size = H5Tget_size(type.get());
  if (size == 0 || size > longest) return std::nullopt;
  std::vector<char> texts(size * static_cast<std::size_t>(count));
  if (H5Aread(names.get(), type.get(), texts.data()) < 0) return std::nullopt;
  for (std::size_t at = 0; at < texts.size(); at += size) {
    result.push_back(TakeText(&texts[at], size));
  }
  return result;
}

}  // namespace verger
