/* verger_aws.h: AWS: settings, credentials, signatures, proxies. Part of verger.h, whose rules
 * hold. */
#ifndef VERGER_AWS_H_
#define VERGER_AWS_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Settings and credentials from the environment, from ~/.aws and from services, found as AWS's
 * tools find them. The library requests one step at a time; the caller carries it out. */

typedef enum verger_aws_search {
  VERGER_AWS_SETTINGS = 0,   /* done: {"region", "endpoint"}, "" if unset */
  VERGER_AWS_CREDENTIALS = 1 /* done: {"access_key", "secret_key", "session_token", "renew_at",
                                "expires"} */
} verger_aws_search;

/* Returns the next step as JSON: {"read": path}, {"run": command of sh} or
 * {"send": {"method", "url", "headers", "body", "local"}}, where `local` is not 0 for a metadata
 * server of the machine, which needs no proxy and answers at once; or the end: {"done": ...} or
 * {"error": text for the user}. `renew_at` and `expires`: seconds since 1970, 0 for never; between
 * them the credentials are still valid if they cannot be renewed.
 *
 * `environment`: {"variables": {name: value}, "home", "region" of the bucket or "", "now"}.
 * `answers`: to the steps so far, in order: for a file its text, or null if it does not exist; for
 * a command {"status", "said"}; for a request {"status", "body", "error"}, with status 0 if there
 * was no answer.
 *
 * Errors: VERGER_BAD_CALL for a selected profile that is in neither file of AWS. */
VERGER_EXPORT verger_status verger_aws_next(verger_aws_search search, verger_text environment,
                                            verger_text answers, verger_bytes* step,
                                            verger_error* error);

/* A request to S3, exactly as sent. */
typedef struct verger_s3_request {
  verger_text method;
  verger_text path;        /* encoded, from the first '/' */
  verger_text query;       /* encoded, sorted by name */
  verger_text headers;     /* lines "name:value\n", names in lower case, with host */
  verger_text body_sha256; /* hexadecimal */
} verger_s3_request;

/* Returns the headers that sign a request, as lines "name: value\n". `credentials`: by
 * verger_aws_next. Units: `now` seconds since 1970. Cost: 20 microseconds. Source: AWS Signature
 * Version 4. */
VERGER_EXPORT verger_status verger_s3_sign(const verger_s3_request* request,
                                           verger_text credentials, verger_text region, int64_t now,
                                           verger_bytes* headers, verger_error* error);

/* Returns the proxy for a URL, as "http://user:password@host:port", or "" for none, from the
 * environment's `variables` ({name: value}): http_proxy, https_proxy, all_proxy, except for the
 * hosts of no_proxy, in lower or upper case. Errors: VERGER_BAD_CALL for an invalid proxy. */
VERGER_EXPORT verger_status verger_proxy_for(verger_text url, verger_text variables,
                                             verger_bytes* proxy, verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_AWS_H_ */
