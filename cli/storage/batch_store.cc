#include "cli/storage/batch_store.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "cli/base/arrow_errors.h"

namespace verger::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRowsInMemory = std::int64_t{1} << 17;  // about 20 MB

fs::path Folder() {
  std::error_code error;
  const fs::path folder = fs::temp_directory_path(error);
  return error ? fs::path("/tmp") : folder;
}

Failure StoreFailure(std::string_view verb, int error, std::uint64_t needed = 0) {
  return FileFailure(Exit::kStorage, verb, Folder() / "a listing's temporary file", error, needed);
}

Descriptor OpenFile() {
  std::string name = (Folder() / "verger-listing-XXXXXX").native();
  Descriptor file(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) throw StoreFailure("write", errno);
  ::unlink(name.c_str());
  return file;
}

// Writes or reads all bytes from an offset on.
template <auto Call, typename Byte>
void Transfer(std::string_view verb, int file, Byte* data, std::int64_t size, std::int64_t offset) {
  while (size > 0) {
    const ssize_t done = Call(file, data, static_cast<std::size_t>(size), offset);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      throw StoreFailure(verb, done == 0 ? EIO : errno, static_cast<std::uint64_t>(size));
    }
    data += done;
    size -= done;
    offset += done;
  }
}

}  // namespace

std::size_t BatchStore::Add(std::shared_ptr<arrow::RecordBatch> batch) {
  const std::lock_guard lock(mutex_);
  schema_ = batch->schema();
  if (rows_ + batch->num_rows() <= kRowsInMemory) {
    rows_ += batch->num_rows();
    entries_.push_back({std::move(batch)});
    return entries_.size() - 1;
  }
  if (!file_) file_ = OpenFile();
  const auto bytes =
      OrThrow(arrow::ipc::SerializeRecordBatch(*batch, arrow::ipc::IpcWriteOptions::Defaults()));
  Transfer<::pwrite>("write", file_.get(), bytes->data(), bytes->size(), end_);
  entries_.push_back({nullptr, end_, bytes->size()});
  end_ += bytes->size();
  return entries_.size() - 1;
}

std::shared_ptr<arrow::RecordBatch> BatchStore::Read(std::size_t number) {
  const std::lock_guard lock(mutex_);
  const Entry& entry = entries_[number];
  if (entry.batch != nullptr) return entry.batch;
  const std::shared_ptr<arrow::Buffer> bytes = OrThrow(arrow::AllocateBuffer(entry.size));
  Transfer<::pread>("read", file_.get(), bytes->mutable_data(), entry.size, entry.offset);
  arrow::io::BufferReader reader(bytes);
  const arrow::ipc::DictionaryMemo none;
  return OrThrow(
      arrow::ipc::ReadRecordBatch(schema_, &none, arrow::ipc::IpcReadOptions::Defaults(), &reader));
}

}  // namespace verger::cli
