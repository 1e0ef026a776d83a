// seccomp.h: the system calls that a decoder process may make.
#pragma once

namespace verger::cli {

// From now on this process may take memory, read requests, write answers and /dev/null, and end.
// Any other system call kills it with SIGSYS. Returns 0, or the errno of a system that refuses
// filters. Cannot be undone.
int RestrictSystemCalls();

}  // namespace verger::cli
