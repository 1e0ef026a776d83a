// landlock.h: no file and no network by the kernel's Landlock.
#pragma once

namespace verger::cli {

// From now on this thread, and all that it starts, can open, make and change no file below any
// folder; on newer kernels also connect no TCP socket and signal no other process. Open files stay
// usable. Returns 0, or the errno of a kernel that has no Landlock. Cannot be undone.
int RestrictFiles();

}  // namespace verger::cli
