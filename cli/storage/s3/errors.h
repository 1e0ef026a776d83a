// errors.h: errors of S3 as the program's, by the rule behind verger.h: status and code decide.
#pragma once

#include <string>
#include <string_view>

#include "abi/verger.h"
#include "cli/base/error.h"
#include "cli/storage/s3/client.h"

namespace verger::cli {

// What an answer that is not ok means.
verger_s3_kind KindOf(const S3Answer& answer);

// The same of an object that was to be read.
verger_s3_kind KindOfRead(const S3Answer& answer);

// What S3 said, and what to do about it, as a Failure kStorage. `path` is for people.
Failure S3Failure(std::string_view verb, std::string_view path, const S3Answer& answer);

// The same of a put with a condition, or that asks for encryption ("": for none).
Failure PutFailure(std::string_view path, const S3Answer& answer, bool conditional,
                   std::string_view encryption);

// The same of a request that no answer came to.
Failure NetworkFailure(std::string_view verb, std::string_view path, std::string_view reason);

}  // namespace verger::cli
