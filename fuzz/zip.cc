// zip.cc: archives of Keras and PyTorch, and what a file is instead of a network.
#include "core/model/other_files.h"
#include "core/model/stored_zip.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace verger;
  const Bytes file = fuzz::AsBytes(data, size);
  const std::string what = WhatItIsInstead(file, "network.bin");
  VERGER_FUZZ_REQUIRE(what.size() < 1000);
  const auto entries = ReadZip(file);
  if (!entries) return 0;
  for (const ZipEntry& entry : *entries) {
    VERGER_FUZZ_REQUIRE(entry.content.size() <= size);
    VERGER_FUZZ_REQUIRE(FindEntry(*entries, entry.name) != nullptr);
  }
  return 0;
}
