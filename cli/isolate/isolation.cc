#include "cli/isolate/isolation.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <exception>
#include <span>
#include <string_view>
#include <utility>

#include "cli/base/error.h"
#include "cli/base/limits.h"
#include "cli/base/print.h"

namespace verger::cli {
namespace {

// Of a photo and its pixels; most have less. Only what is used takes memory.
constexpr std::size_t kLeastCapacity = std::size_t{16} << 20;

// A decoder takes at most 10 bytes a pixel of the photo (verger.h), beside what is here: libraries
// that are loaded late, and what malloc keeps.
constexpr std::uint64_t kBytesPerPixel = 10;
constexpr std::uint64_t kMoreBytes = std::uint64_t{256} << 20;

void WarnOf(const char* layer, const char* consequence, int error) {
  if (error == 0) return;
  Warn(fmt::format("--isolate: no {} here ({}): {}", layer, std::strerror(error), consequence));
}

// `text` with a 0 at its end, cut if it is longer.
void Copy(std::string_view text, verger_error* error) {
  const std::size_t size = std::min(text.size(), sizeof(error->message) - 1);
  std::memcpy(error->message, text.data(), size);
  error->message[size] = '\0';
}

}  // namespace

Isolation::Isolation(const IsolationOptions& options) {
  budget_.time = std::chrono::milliseconds(static_cast<std::int64_t>(1000 * options.seconds));
  const std::int64_t max_pixels =
      options.max_pixels > 0 ? options.max_pixels : Limits().max_photo_pixels;
  budget_.bytes = kMoreBytes + kBytesPerPixel * static_cast<std::uint64_t>(max_pixels);
  auto first = std::make_unique<DecoderProcess>(budget_, kLeastCapacity);
  layers_ = first->layers();
  WarnOf("seccomp", "decoders are limited by the other layers alone", layers_.seccomp);
  WarnOf("Landlock", "decoders are limited by the other layers alone", layers_.landlock);
  WarnOf("limits on memory and files", "decoders may take more", layers_.rlimits);
  idle_.push_back(std::move(first));
}

Isolation::~Isolation() = default;

std::vector<std::string> Isolation::layers() const {
  std::vector<std::string> layers = {"process"};
  if (layers_.seccomp == 0) layers.emplace_back("seccomp");
  if (layers_.landlock == 0) layers.emplace_back("landlock");
  if (layers_.rlimits == 0) layers.emplace_back("rlimits");
  return layers;
}

std::unique_ptr<DecoderProcess> Isolation::Take(std::size_t capacity) {
  std::unique_ptr<DecoderProcess> decoder;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      decoder = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (decoder && decoder->capacity() >= capacity) return decoder;
  return std::make_unique<DecoderProcess>(budget_,
                                          std::bit_ceil(std::max(capacity, kLeastCapacity)));
}

void Isolation::GiveBack(std::unique_ptr<DecoderProcess> decoder) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(decoder));
}

verger_error Isolation::Decode(const verger_decode_request& request,
                               std::span<std::uint8_t> pixels) {
  std::unique_ptr<DecoderProcess> decoder = Take(PhotoOffset(pixels.size()) + request.photo.size);
  const bool was_fresh = decoder->is_fresh();
  DecodeOutcome outcome = decoder->Decode(request, pixels);
  if (outcome.died && !was_fresh) {
    decoder = std::make_unique<DecoderProcess>(budget_, decoder->capacity());
    outcome = decoder->Decode(request, pixels);
  }
  if (!outcome.died) {
    GiveBack(std::move(decoder));
    return outcome.answer.reason;
  }
  verger_error reason;
  Copy(outcome.why_died, &reason);
  return reason;
}

verger_decoder Isolation::decoder() {
  const auto decode = [](void* user, const verger_decode_request* request, std::uint8_t* pixels,
                         std::size_t size, verger_error* reason,
                         verger_error* error) -> verger_status {
    try {
      *reason = static_cast<Isolation*>(user)->Decode(*request, {pixels, size});
      return VERGER_OK;
    } catch (const std::exception& failure) {
      Copy(failure.what(), error);
      return VERGER_INTERNAL;
    }
  };
  return {decode, this};
}

}  // namespace verger::cli
