// bucket_names.h: what may stand for a bucket in s3://bucket/prefix.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace verger {

// `place`: what follows "s3://", or an ARN alone.
// Errors: kBadCall for what is no bucket's name, with what to write instead: for an ARN its
// bucket's
//         name or its access point's alias, which are names as all others.
// Source: S3 User Guide, "General purpose bucket naming rules", "Access point aliases".
Status CheckBucketName(std::string_view place);

}  // namespace verger
