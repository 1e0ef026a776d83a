// engine.h: the one OpenVINO core of the process.
#pragma once

#include <openvino/openvino.hpp>

namespace verger {

// It lives until the process ends. OpenVINO 2026.4.1 sets the alternate signal stack of the thread
// that loads its CPU plugin, and unmaps it with the core; of two cores, or of a core that another
// thread destroys, the thread keeps the address, and the next signal (Ctrl-C in Python) ends the
// process (findings/openvino_signal_stack.sh).
//
// Errors: throws ov::Exception.
// Safe from many threads.
ov::Core& Engine();

}  // namespace verger
