// one_block.h: memory that an operation of Asio has from the start.
#pragma once

#include <cstddef>
#include <new>
#include <span>

namespace verger::cli {

// An allocator that gives out some bytes of its owner, once; more of them from the heap. For
// bind_allocator(): a handler whose operation must not fail for want of memory.
template <typename Value>
struct OneBlock {
  using value_type = Value;

  // Requires: nothing else uses `own`, which is aligned for any type, before the handler is called.
  explicit OneBlock(std::span<std::byte> own) : block(own) {}
  template <typename Other>
  OneBlock(const OneBlock<Other>& other) : block(other.block) {}

  Value* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(Value);
    void* const at = bytes <= block.size() ? block.data() : ::operator new(bytes);
    return static_cast<Value*>(at);
  }
  void deallocate(Value* at, std::size_t) {
    if (static_cast<void*>(at) != block.data()) ::operator delete(at);
  }
  template <typename Other>
  bool operator==(const OneBlock<Other>& other) const {
    return block.data() == other.block.data();
  }

  std::span<std::byte> block;
};

}  // namespace verger::cli
