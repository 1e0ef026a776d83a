// read_network.h: a network's file, with the files of weights beside it.
#pragma once

#include <filesystem>
#include <string>

namespace verger::cli {

// Returns the bytes of `path`; weights that it keeps in other files of its folder are put inside.
// Cost: twice the memory in that case.
//
// Errors: kBadInput if a file cannot be read, or is no regular one; for a folder, with what it is.
std::string ReadNetwork(const std::filesystem::path& path);

}  // namespace verger::cli
