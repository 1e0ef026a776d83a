// decoder_process.h: one decoder process, as the program sees it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "abi/verger.h"
#include "cli/base/files.h"
#include "cli/isolate/messages.h"

namespace verger::cli {

// What one photo may take of a decoder process.
struct DecoderBudget {
  std::chrono::milliseconds time{30'000};  // of the clock, and of the processor
  std::uint64_t bytes = 0;                 // of memory
};

// What came of a photo that a decoder process was asked for.
struct DecodeOutcome {
  bool died = false;     // or did what it never does
  std::string why_died;  // the reason of a reject, such as "decoder died: signal 11 (...)"
  Answer answer;         // if it did not die
};

// Memory that a decoder process maps too. It has always the size that it was made with, so that a
// decoder that was taken over cannot take it away from under the program.
class SharedMemory {
 public:
  // Errors: Failure kFailed.
  explicit SharedMemory(std::size_t bytes);
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();

  int file() const { return file_.get(); }
  std::span<std::uint8_t> bytes() const { return bytes_; }

 private:
  Descriptor file_;
  std::span<std::uint8_t> bytes_;
};

// For one thread at a time. The process ends with its owner, or, at the latest by the time of one
// photo, after the program was killed.
class DecoderProcess {
 public:
  // Starts this program again, as a decoder; `capacity`: bytes of a photo and its pixels.
  // Errors: Failure kFailed.
  DecoderProcess(const DecoderBudget& budget, std::size_t capacity);
  DecoderProcess(const DecoderProcess&) = delete;
  DecoderProcess& operator=(const DecoderProcess&) = delete;
  ~DecoderProcess();

  std::size_t capacity() const { return memory_.bytes().size(); }
  const Layers& layers() const { return layers_; }
  // Whether it has seen no photo that could have changed what it does.
  bool is_fresh() const { return requested_ == 0; }

  // As verger_decode. Requires: photo and pixels fit into capacity(); no Decode() before died.
  // Errors: Failure kFailed for a request that cannot be sent.
  DecodeOutcome Decode(const verger_decode_request& request, std::span<std::uint8_t> pixels);

 private:
  void Start(std::size_t capacity);
  void LimitProcessorTime() const;
  std::string End();

  DecoderBudget budget_;
  SharedMemory memory_;
  Descriptor requests_;
  Descriptor answers_;
  pid_t process_ = -1;  // -1: ended
  Layers layers_;
  std::uint64_t requested_ = 0;  // photos so far
};

}  // namespace verger::cli
