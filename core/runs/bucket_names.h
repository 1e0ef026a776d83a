// bucket_names.h: which names of buckets are valid in s3://bucket/prefix.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace verger {

// `place`: what follows "s3://", or an ARN alone.
// Errors: kBadCall for an invalid name, with the correction: for an ARN, its bucket's name or its
//         access point's alias.
// Source: S3 User Guide, "General purpose bucket naming rules", "Access point aliases".
Status CheckBucketName(std::string_view place);

}  // namespace verger
