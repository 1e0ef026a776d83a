// free_memory.h: what a step of a run does not use any more.
#pragma once

#include <arrow/memory_pool.h>
#include <malloc.h>

namespace verger::cli {

// Gives the system back what malloc and Arrow have free. Between two steps: what the second takes
// must not come on top of what the first has freed. Costs milliseconds.
inline void GiveFreeMemoryBack() {
  ::malloc_trim(0);
  arrow::default_memory_pool()->ReleaseUnused();
}

}  // namespace verger::cli
