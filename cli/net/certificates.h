// certificates.h: which certificates this system trusts.
#pragma once

#include <string>

namespace verger::cli {

// Returns the file that AWS_CA_BUNDLE, SSL_CERT_FILE or CURL_CA_BUNDLE names, else the first that
// exists of the usual ones; "": those that libcurl knows, which may have been built on another
// system than this one.
std::string FindCertificates();

}  // namespace verger::cli
