#include "cli/net/certificates.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace verger::cli {

std::string FindCertificates() {
  for (const char* variable : {"AWS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"}) {
    const char* named = std::getenv(variable);
    if (named != nullptr && *named != '\0') return named;
  }
  for (const char* usual :
       {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem"}) {
    std::error_code missing;
    if (std::filesystem::exists(usual, missing)) return usual;
  }
  return "";
}

}  // namespace verger::cli
