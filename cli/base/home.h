// home.h: where the user's own files are.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <filesystem>

namespace verger::cli {

// Returns $HOME if it is absolute, else the home that the system has for `user`; empty if none.
// Never relative: what lies in the current folder is not the user's own.
std::filesystem::path HomeFolder(uid_t user = ::getuid());

}  // namespace verger::cli
