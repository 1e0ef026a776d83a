// errors.h: errors of S3 as Failures, by the library's rule for status and code.
#pragma once

#include <string>
#include <string_view>

#include "abi/verger.h"
#include "cli/base/error.h"
#include "cli/storage/s3/client.h"

namespace verger::cli {

// Returns what an answer that is not ok means.
verger_s3_kind KindOf(const S3Answer& answer);

// The same for a read of an object.
verger_s3_kind KindOfRead(const S3Answer& answer);

// Returns a Failure kStorage with S3's message and the remedy. `path` is for people.
Failure S3Failure(std::string_view verb, std::string_view path, const S3Answer& answer);

// The same for a put that has a condition, or requests encryption ("": none).
Failure PutFailure(std::string_view path, const S3Answer& answer, bool conditional,
                   std::string_view encryption);

// The same for a request without an answer.
Failure NetworkFailure(std::string_view verb, std::string_view path, std::string_view reason);

}  // namespace verger::cli
