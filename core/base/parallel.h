// parallel.h: a few independent pieces of work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace verger {

// Calls work(thread, piece) for every piece from 0 to `pieces`, in any order, on at most `threads`
// threads, of which the caller's is number 0. Throws the first exception of `work`.
template <typename Work>
void SideBySide(int threads, std::size_t pieces, Work work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto run = [&](std::size_t thread) {
    try {
      for (std::size_t piece = next++; piece < pieces; piece = next++) work(thread, piece);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = pieces;
    }
  };
  std::vector<std::thread> others;
  const std::size_t most = std::min<std::size_t>(static_cast<std::size_t>(threads), pieces);
  others.reserve(most);
  try {
    for (std::size_t thread = 1; thread < most; ++thread) others.emplace_back(run, thread);
  } catch (const std::system_error&) {
    // A limit on processes: those that there are do it.
  }
  run(0);
  for (std::thread& other : others) other.join();
  if (failure) std::rethrow_exception(failure);
}

// Calls work(piece) for every piece from 0 to `count`, likewise.
template <typename Work>
void ForEachPiece(int count, int threads, Work work) {
  SideBySide(threads, static_cast<std::size_t>(count),
             [&](std::size_t, std::size_t piece) { work(static_cast<int>(piece)); });
}

}  // namespace verger
