// free_streams.h: the engine's streams that nobody is using.
#pragma once

#include <semaphore.h>

namespace verger {

// A count of streams that no caller is using. glibc's semaphore: release() of libstdc++'s may wake
// nobody and leave a caller asleep for good (pytorch/pytorch#177884; a run hung here), and its
// condition variable asks for a newer libstdc++ than the wheel may.
class FreeStreams {
 public:
  explicit FreeStreams(int count) { sem_init(&semaphore_, 0, static_cast<unsigned>(count)); }
  FreeStreams(const FreeStreams&) = delete;
  FreeStreams& operator=(const FreeStreams&) = delete;
  ~FreeStreams() { sem_destroy(&semaphore_); }

  void Take() {
    while (sem_wait(&semaphore_) != 0) {
      // interrupted by a signal
    }
  }
  void GiveBack() { sem_post(&semaphore_); }

 private:
  sem_t semaphore_;
};

// One of the engine's streams, while a batch is on it.
class Turn {
 public:
  explicit Turn(FreeStreams& free_streams) : free_streams_(free_streams) { free_streams_.Take(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { free_streams_.GiveBack(); }

 private:
  FreeStreams& free_streams_;
};

}  // namespace verger
