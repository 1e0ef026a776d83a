// transform.h: how a classifier is fitted, as callers give it.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "abi/bytes.h"
#include "core/base/result.h"
#include "core/classify/classifier.h"
#include "core/classify/transform.h"

namespace verger::abi {

inline Result<Transform> ReadTransform(const char* name) {
  if (const auto transform = TransformNamed(AsText(name))) return *transform;
  return Error{Code::kBadCall, fmt::format("transform \"{}\": choose none or root", AsText(name))};
}

// NULL: the usual one.
inline Result<Method> ReadMethod(const char* name) {
  const std::string_view method = name != nullptr ? name : "relative";
  if (const auto known = MethodNamed(method)) return *known;
  return Error{Code::kBadCall,
               fmt::format("method \"{}\": choose relative, lda or logistic", method)};
}

// How a classifier is fitted, as options of training and of evaluation have it in common. What is
// NULL or 0 stays as `settings` has it.
template <typename Options, typename Settings>
Status ReadFit(const Options& options, Settings* settings) {
  VERGER_ASSIGN_OR_RETURN(settings->method, ReadMethod(options.method));
  if (options.transform != nullptr) {
    VERGER_ASSIGN_OR_RETURN(settings->transform, ReadTransform(options.transform));
  }
  if (options.shrinkage != 0) settings->shrinkage = options.shrinkage;
  if (options.penalty != 0) settings->penalty = options.penalty;
  settings->threads = std::max(1, options.threads);
  return Ok();
}

}  // namespace verger::abi
