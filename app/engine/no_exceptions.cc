// no_exceptions.cc: what the compiler calls where C++ throws.
//
// Debian's libraries for WebAssembly are built without exceptions, and our code throws none. What
// is left is a lack of memory: a trap, which module.js turns into an error.
#include <cstddef>

extern "C" {

void* __cxa_allocate_exception(std::size_t) { __builtin_trap(); }
void __cxa_throw(void*, void*, void (*)(void*)) { __builtin_trap(); }

}  // extern "C"
