#include "cli/storage/s3/object_file.h"

#include <arrow/buffer.h>
#include <arrow/result.h>
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "cli/storage/s3/errors.h"

namespace verger::cli {
namespace {

constexpr std::int64_t kMaxRequest = std::int64_t{32} << 20;

class ObjectFile final : public arrow::io::RandomAccessFile {
 public:
  ObjectFile(std::shared_ptr<S3Client> client, std::string key, std::string etag, std::int64_t size)
      : client_(std::move(client)), key_(std::move(key)), etag_(std::move(etag)), size_(size) {}

  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Seek(std::int64_t position) override {
    position_ = position;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> GetSize() override { return size_; }

  arrow::Result<std::int64_t> Read(std::int64_t bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t read, ReadAt(position_, bytes, out));
    position_ += read;
    return read;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, bytes));
    position_ += buffer->size();
    return buffer;
  }

  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t bytes,
                                     void* out) override {
    ARROW_ASSIGN_OR_RAISE(const auto buffer, ReadAt(position, bytes));
    std::memcpy(out, buffer->data(), static_cast<std::size_t>(buffer->size()));
    return buffer->size();
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position,
                                                       std::int64_t bytes) override {
    const std::int64_t end = std::min(position + bytes, size_);
    std::string whole;
    whole.reserve(static_cast<std::size_t>(std::max<std::int64_t>(0, end - position)));
    try {
      for (std::int64_t begin = position; begin < end; begin += kMaxRequest) {
        whole += ReadRange(begin, std::min(begin + kMaxRequest, end));
      }
    } catch (const Failure& failure) {  // Arrow's readers know no exceptions
      return arrow::Status::IOError(failure.what());
    }
    return arrow::Buffer::FromString(std::move(whole));
  }

 private:
  std::string ReadRange(std::int64_t begin, std::int64_t end) const {
    S3Headers headers = {{"range", fmt::format("bytes={}-{}", begin, end - 1)}};
    if (!etag_.empty()) headers.emplace_back("if-match", etag_);
    S3Answer answer = client_->Send({"GET", key_, "", std::move(headers), ""});
    if (!answer.ok()) throw S3Failure("read", client_->PathOf(key_), answer);
    if (answer.body.size() != static_cast<std::size_t>(end - begin)) {
      throw Failure(Exit::kStorage,
                    fmt::format("cannot read '{}': the server sent {} of {} bytes; run again",
                                client_->PathOf(key_), answer.body.size(), end - begin));
    }
    return std::move(answer.body);
  }

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const std::string etag_;
  const std::int64_t size_;
  std::int64_t position_ = 0;
  std::atomic<bool> closed_ = false;
};

}  // namespace

std::shared_ptr<arrow::io::RandomAccessFile> OpenObject(std::shared_ptr<S3Client> client,
                                                        const std::string& key) {
  const S3Answer answer = client->Send({"HEAD", key, "", {}, ""});
  if (!answer.ok()) throw S3Failure("read", client->PathOf(key), answer);
  return std::make_shared<ObjectFile>(std::move(client), key, answer.etag, answer.content_length);
}

}  // namespace verger::cli
