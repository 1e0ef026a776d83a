#include "core/model/network_package.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "core/base/sha256.h"

namespace verger {
namespace {

// Empty, with errno, if it cannot be.
Bytes Map(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  struct stat state{};
  void* begin = MAP_FAILED;
  if (::fstat(file, &state) == 0) {
    const auto size = static_cast<std::size_t>(state.st_size);
    begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  }
  const int reason = errno;
  ::close(file);
  errno = reason;
  if (begin == MAP_FAILED) return {};
  return {static_cast<const std::byte*>(begin), static_cast<std::size_t>(state.st_size)};
}

}  // namespace

std::string NetworkFolder() {
  if (const char* named = std::getenv("VERGER_NETWORKS"); named != nullptr && *named != '\0') {
    return named;
  }
  static const char in_this_library = 0;
  Dl_info info{};
  ::dladdr(&in_this_library, &info);
  const std::filesystem::path library = info.dli_fname == nullptr ? "" : info.dli_fname;
  return (library.parent_path() / "../../verger_networks").lexically_normal();
}

Result<Bytes> MapNetwork(const std::string& folder, std::string_view name,
                         std::string_view sha256) {
  const std::string path = fmt::format("{}/{}.onnx", folder, name);
  const Bytes file = Map(path);
  if (file.empty()) {
    return Error{Code::kBadModel,
                 fmt::format("{}: this network is not installed ({}: {}); run: python -m pip "
                             "install 'verger[networks]'",
                             name, path, std::strerror(errno))};
  }
  if (Sha256(file) != sha256) {
    ::munmap(const_cast<std::byte*>(file.data()), file.size());
    return Error{Code::kBadModel,
                 fmt::format("{}: {} is damaged, or of another version; run: python -m pip install "
                             "--force-reinstall 'verger[networks]'",
                             name, path)};
  }
  return file;
}

}  // namespace verger
