/* verger_buckets.h: buckets: locks, regions, errors. Part of verger.h, whose rules hold. */
#ifndef VERGER_BUCKETS_H_
#define VERGER_BUCKETS_H_

#include "verger_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The lock of an output in a bucket is an object that identifies the run that writes. It is put if
 * absent, renewed every verger_lock_renew_seconds, and removed at the end. */

VERGER_EXPORT int64_t verger_lock_renew_seconds(void);

/* A lock of at least this age belongs to a killed run, and may be taken over. */
VERGER_EXPORT int64_t verger_lock_stale_seconds(void);

/* Milliseconds to wait between putting the lock and reading it back, on a server that does not
 * refuse a second put: by then, a rival that found no lock has put its own. */
VERGER_EXPORT int64_t verger_lock_pause_milliseconds(void);

/* Returns the bytes of the lock. `token` is random; `host` identifies a boot of a machine and its
 * process namespace, "" if unknown; `start` is the start time of the process. */
VERGER_EXPORT verger_status verger_lock_document(verger_text token, verger_text host,
                                                 int64_t process, verger_text start,
                                                 verger_bytes* document, verger_error* error);

/* Returns the ID of the process on `host` that wrote a lock; 0 if unknown. */
VERGER_EXPORT int64_t verger_lock_process(verger_text document, verger_text host);

/* Returns 1 if the run that wrote a lock certainly no longer exists, else 0. About the process
 * verger_lock_process: `start_seen` is its start time, "" if unknown; `process_exists` is not 0 if
 * it exists, even if the caller may not inspect it. */
VERGER_EXPORT int32_t verger_lock_is_gone(verger_text document, verger_text host,
                                          verger_text start_seen, int32_t process_exists,
                                          int64_t age_seconds);

/* Returns the allowed regions as "eu-west-3,eu-west-1", without spaces and empty names; "any" if
 * the list has it; "" if the list is empty: then AWS's buckets must be in Paris, and other servers
 * are not restricted. Errors: VERGER_BAD_CALL for an invalid name of a region. */
VERGER_EXPORT verger_status verger_regions_read(verger_text list, verger_bytes* regions,
                                                verger_error* error);

/* Normalises an endpoint, such as "https://host:port": lower case, no '/' at the end, no default
 * port of the scheme.
 * Errors: VERGER_BAD_CALL for an invalid endpoint, or one that parsers could read in two ways. */
VERGER_EXPORT verger_status verger_endpoint_read(verger_text url, verger_bytes* endpoint,
                                                 verger_error* error);

/* Returns the host of a URL, whether it is AWS's (1, or 0), and the label in the region's place of
 * an AWS host name: "eu-west-3", or "iam". Errors: VERGER_BAD_CALL if parsers could read two hosts.
 */
VERGER_EXPORT verger_status verger_host_read(verger_text url, verger_bytes* host, int32_t* is_aws,
                                             verger_bytes* region, verger_error* error);

/* Returns the endpoint of S3 in a region of AWS. */
VERGER_EXPORT verger_status verger_s3_endpoint(verger_text region, verger_bytes* endpoint,
                                               verger_error* error);

typedef struct verger_bucket {
  verger_text name;
  verger_text endpoint; /* by verger_endpoint_read; "": AWS's own */
  verger_text region;   /* as configured; "": none */
} verger_bucket;

/* Returns the first request to send: HEAD of the bucket at `endpoint`, signed, if at all, for
 * `region`. If `endpoint` is empty, no request is needed, and `region` is the region to use.
 * `allowed`: by verger_regions_read.
 * Errors: VERGER_REFUSED for an endpoint of AWS outside the allowed regions; VERGER_BAD_CALL for an
 * invalid name of a region. */
VERGER_EXPORT verger_status verger_region_question(const verger_bucket* bucket, verger_text allowed,
                                                   verger_bytes* endpoint, verger_bytes* region,
                                                   verger_error* error);

/* Returns the region to use. `answer`: the header x-amz-bucket-region, "" if missing.
 * Errors: VERGER_REFUSED, naming bucket, region and remedy. */
VERGER_EXPORT verger_status verger_region_check(const verger_bucket* bucket, verger_text allowed,
                                                verger_text answer, verger_bytes* region,
                                                verger_error* error);

/* Checks that the text after "s3://" begins with the name of a bucket, or is an ARN alone.
 * Errors: VERGER_BAD_CALL, with a correction. */
VERGER_EXPORT verger_status verger_bucket_check(verger_text place, verger_error* error);

/* What an error of S3 means. */
typedef enum verger_s3_kind {
  VERGER_S3_OTHER = 0,
  VERGER_S3_MISSING = 1,       /* there is no such object */
  VERGER_S3_NO_BUCKET = 2,     /* there is no such bucket */
  VERGER_S3_DENIED = 3,        /* these credentials may not do it */
  VERGER_S3_CREDENTIALS = 4,   /* the credentials have expired or are invalid */
  VERGER_S3_WRONG_REGION = 5,  /* the bucket is in another region */
  VERGER_S3_NOT_SUPPORTED = 6, /* the server does not support the request */
  VERGER_S3_MAY_PASS = 7       /* a temporary error of the network or the server */
} verger_s3_kind;

/* `status`: of HTTP, 0 if unknown; `code`: S3's error code, "" if there is none. */
VERGER_EXPORT verger_s3_kind verger_s3_kind_of(int32_t status, verger_text code);

/* Returns code and message from the XML body of an answer; "" if missing. */
VERGER_EXPORT verger_status verger_s3_body(verger_text body, verger_bytes* code,
                                           verger_bytes* message, verger_error* error);

/* Returns an error in one line: "cannot VERB 'PATH': S3's message; the remedy". */
VERGER_EXPORT verger_status verger_s3_error(verger_text verb, verger_text path, int32_t status,
                                            verger_text code, verger_text message,
                                            verger_s3_kind* kind, verger_bytes* line,
                                            verger_error* error);

/* The same for a put that was refused, or that succeeded without fulfilling its condition or its
 * encryption: `conditional` is not 0 for If-None-Match or If-Match; `encryption` is the value of
 * --sse, "" for none. */
VERGER_EXPORT verger_status verger_s3_put_error(verger_text path, int32_t status, verger_text code,
                                                verger_text message, int32_t conditional,
                                                verger_text encryption, verger_bytes* line,
                                                verger_error* error);

/* The same for an error of Arrow's S3 filesystem, whose `text` quotes `bucket` and `key`. */
VERGER_EXPORT verger_status verger_s3_arrow_error(verger_text verb, verger_text path,
                                                  verger_text text, verger_text bucket,
                                                  verger_text key, verger_s3_kind* kind,
                                                  verger_bytes* line, verger_error* error);

/* Returns why a photo is rejected if its object may not be read: "cannot be read: S3's message; the
 * remedy". */
VERGER_EXPORT verger_status verger_s3_rejection(int32_t status, verger_text code,
                                                verger_text message, verger_bytes* text,
                                                verger_error* error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* VERGER_BUCKETS_H_ */
