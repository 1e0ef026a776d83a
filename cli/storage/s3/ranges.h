// ranges.h: an object's bytes, by ranges that are read side by side.
#pragma once

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/future.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace verger::cli {

// One connection gives some 80 MB/s of AWS's S3: larger objects come by several.
inline constexpr std::int64_t kRangeBytes = std::int64_t{8} << 20;

// Asks for the first `size` bytes of a file at once, in Arrow's threads.
class RangedRead {
 public:
  RangedRead(const std::shared_ptr<arrow::io::RandomAccessFile>& file, std::int64_t size)
      : size_(size) {
    for (std::int64_t begin = 0; begin < size; begin += kRangeBytes) {
      ranges_.push_back(file->ReadAsync(begin, std::min(kRangeBytes, size - begin)));
    }
  }

  // Waits, and appends the bytes, or leaves `bytes` as it was. An object that has become shorter
  // gives fewer bytes.
  arrow::Status AppendTo(std::string* bytes) {
    const std::size_t before = bytes->size();
    bytes->reserve(before + static_cast<std::size_t>(size_));
    for (auto& range : ranges_) {
      const auto& buffer = range.result();
      if (!buffer.ok()) {
        bytes->resize(before);
        return buffer.status();
      }
      bytes->append(reinterpret_cast<const char*>((*buffer)->data()),
                    static_cast<std::size_t>((*buffer)->size()));
    }
    return arrow::Status::OK();
  }

 private:
  const std::int64_t size_;
  std::vector<arrow::Future<std::shared_ptr<arrow::Buffer>>> ranges_;
};

}  // namespace verger::cli
