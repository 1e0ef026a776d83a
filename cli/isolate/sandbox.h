// sandbox.h: what a decoder process gives up before it reads the first photo.
#pragma once

#include <cstdint>

#include "cli/isolate/messages.h"

namespace verger::cli {

// Gives up files, network, other processes and more memory than `bytes` beside what is mapped
// already, layer by layer: limits, then Landlock, then seccomp. Returns why a layer is off. Open
// files stay usable. In a process of several threads Landlock counts as off (EBUSY).
Layers EnterSandbox(std::uint64_t bytes);

}  // namespace verger::cli
