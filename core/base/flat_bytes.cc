#include "core/base/flat_bytes.h"

#include "core/base/crc32.h"

namespace verger {

std::string CheckedFile(std::string_view magic, std::string_view content) {
  FlatWriter head;
  head.Put(Crc32(std::as_bytes(std::span(content))));
  return std::string(magic) + std::move(head).Finish() + std::string(content);
}

CheckedContent ReadChecked(std::string_view magic, Bytes file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (!text.starts_with(magic)) return {};
  FlatReader reader(file.subspan(magic.size()));
  const auto crc = reader.Take<std::uint32_t>();
  if (!reader.ok()) return {true, false, {}};
  const Bytes content = file.subspan(magic.size() + sizeof(crc));
  return {true, Crc32(content) == crc, content};
}

}  // namespace verger
