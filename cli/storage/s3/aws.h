// aws.h: what AWS's tools know of this user: settings and credentials. The rules are the
// library's; here files are read, commands run and requests sent.
#pragma once

#include <string>

#include "abi/verger.h"

namespace verger::cli {

// What a search of verger.h finds, as JSON. `region`: of the bucket, "" if it is not known yet.
// Errors: Failure kUsage for a profile that is not there; kStorage, with the library's words.
std::string SearchAws(verger_aws_search search, const std::string& region,
                      const std::string& ca_file);

// This process's credentials as verger_s3_sign takes them: found once, and again before they
// expire. `region`, `ca_file`: as SearchAws. Safe from many threads. Errors: as SearchAws.
std::string AwsCredentials(const std::string& region, const std::string& ca_file);

}  // namespace verger::cli
