// object_file.h: an object, for readers that need parts of it.
#pragma once

#include <arrow/io/interfaces.h>

#include <memory>
#include <string>

#include "cli/storage/s3/client.h"

namespace verger::cli {

// Each read is a request for a range of the version that was there when it was opened.
// Errors: Failure kStorage if it cannot be opened; of reads an IOError with the same message.
// Cost:   one request to open, one a read.
std::shared_ptr<arrow::io::RandomAccessFile> OpenObject(std::shared_ptr<S3Client> client,
                                                        const std::string& key);

}  // namespace verger::cli
