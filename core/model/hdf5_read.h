// hdf5_read.h: names and texts out of an HDF5 file that nobody vouches for.
#pragma once

#include <hdf5.h>

#include <optional>
#include <string>
#include <vector>

namespace verger {

// Whether `name` of `parent` is there and its link stays inside the file.
bool IsHardLink(hid_t parent, const std::string& name);

// The names of the hard links of a group, sorted so that b_10 comes after b_9.
// At most 10,000; nothing for more.
std::optional<std::vector<std::string>> ReadLinks(hid_t group);

// The texts of an attribute, each cut at `longest` bytes; nothing if it is missing or damaged. An
// empty array of numbers, as Keras writes it, is no text.
std::optional<std::vector<std::string>> ReadTexts(hid_t object, const char* attribute,
                                                  std::size_t longest = 1'000);

}  // namespace verger
