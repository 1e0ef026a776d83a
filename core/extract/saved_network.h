// saved_network.h: compiled networks as bytes, so that they need not be compiled again.
#pragma once

#include <openvino/openvino.hpp>
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/extract/compile.h"
#include "core/model/model.h"

namespace verger {

// Whether reading it back is worth it. int8 takes six times as long to quantise and compile; what
// is not quantised is compiled about as fast as it is read.
bool IsWorthSaving(const Model& model);

// All that a compiled network depends on, as text: network, identity, plan, processor and versions.
std::string SavedNetworkKey(const Model& model, const EnginePlan& plan);

// Errors: throws ov::Exception.
std::string Save(ov::CompiledModel& network, const std::string& key);

// The network that was saved by `key`; nothing if the bytes are damaged, of another key, or not to
// the engine's liking. It gives the same features to the bit.
//
// Requires: bytes of Save(), or damaged by chance: their SHA-256 is no signature, and the engine
//           trusts what it reads.
std::optional<ov::CompiledModel> Restore(const Model& model, const EnginePlan& plan,
                                         const std::string& key, Bytes saved);

}  // namespace verger
