// credentials.h: finds the credentials that sign requests, in the same order as boto3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/runs/aws_profiles.h"
#include "core/runs/aws_steps.h"
#include "core/runs/signature.h"

namespace verger {

struct AwsCredentials {
  AwsKeys keys;
  // Seconds since 1970; 0: never.
  std::int64_t renew_at = 0;  // ask for new ones
  std::int64_t expires = 0;   // until then these go on to serve if there are no new ones
};

using FoundCredentials = Result<std::optional<AwsCredentials>>;

// The environment's keys; the chosen profile: a role, a token of web identity, IAM Identity Center
// (SSO), keys, a command; the container's; the machine's. If a source that a profile names fails,
// the search ends with an error that names profile and remedy; no other source is tried.
//
// Returns {"access_key", "secret_key", "session_token", "renew_at", "expires"} as JSON.
// Errors: those of AwsSteps; kBadCall as AwsProfiles::Read.
// Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers"; the order is
//         botocore's (botocore/credentials.py, create_credential_resolver).
Result<nlohmann::json> FindAwsCredentials(const AwsEnvironment& environment, AwsSteps* steps);

}  // namespace verger
