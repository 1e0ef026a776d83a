// reserve.h: memory put by, so that the end of all memory comes where the program can bear it.
#pragma once

#include <string_view>

namespace verger::cli {

// What the program says where memory does not suffice. Ends with a zero.
inline constexpr std::string_view kOutOfMemory =
    "out of memory: give it more, or fewer --threads and a smaller --batch";

// Puts 2 MB by, for the whole program. The first `new` that fails gives them back and tries again,
// so that libraries whose destructors allocate, as nlohmann::json's do, get what they ask for. An
// exception of lack of memory that nobody can catch ends the program with exit code 1 and a
// message, also before main.
//
// Call it once, from main.
void KeepReserve();

// Puts by again what was given back. Call it before each piece of work that can be refused.
// Errors: std::bad_alloc if there is not enough for that.
void RequireReserve();

}  // namespace verger::cli
