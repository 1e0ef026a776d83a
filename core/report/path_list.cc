#include "core/report/path_list.h"

#include <algorithm>
#include <utility>

namespace verger {
namespace {

void AppendNumber(std::size_t number, std::string* bytes) {
  for (; number >= 0x80; number >>= 7) bytes->push_back(static_cast<char>(0x80 | (number & 0x7F)));
  bytes->push_back(static_cast<char>(number));
}

std::size_t TakeNumber(std::string_view* bytes) {
  std::size_t number = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    number |= static_cast<std::size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
}

}  // namespace

void PathList::Add(std::string_view path) {
  if (offered_++ % stride_ != 0) return;
  Append(path);
  // One path alone may be longer than all may be.
  while (bytes_.size() > most_bytes_ && count_ > 1) Thin();
}

void PathList::Append(std::string_view path) {
  std::size_t common = 0;
  if (count_++ % kRestart != 0) {
    const auto parted = std::mismatch(path.begin(), path.end(), last_.begin(), last_.end());
    common = static_cast<std::size_t>(parted.first - path.begin());
  }
  AppendNumber(common, &bytes_);
  AppendNumber(path.size() - common, &bytes_);
  bytes_.append(path.substr(common));
  last_ = path;
}

void PathList::Thin() {
  const std::vector<std::string> paths = Paths();
  stride_ *= 2;
  count_ = 0;
  bytes_.clear();
  for (std::size_t at = 0; at < paths.size(); at += 2) Append(paths[at]);
}

std::vector<std::string> PathList::Paths() const {
  std::vector<std::string> paths;
  for (std::string_view rest = bytes_; !rest.empty();) {
    const std::size_t common = TakeNumber(&rest);
    const std::size_t own = TakeNumber(&rest);
    std::string path = common > 0 ? paths.back().substr(0, common) : std::string();
    path.append(rest.substr(0, own));
    rest.remove_prefix(own);
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace verger
