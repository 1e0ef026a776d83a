// decoder.h: the caller's decoder as the core's.
#pragma once

#include <string>

#include "abi/verger.h"
#include "core/extract/load_views.h"
#include "core/report/thumbnails.h"

namespace verger::abi {

// Empty for a decoder without `decode`.
ViewLoader LoaderOf(const verger_decoder& decoder);

// As MakeThumbnail(). Returns why the photo is rejected, or "". Errors: those of the decoder.
Result<std::string> DecodeThumbnail(const verger_decoder& decoder, Bytes photo,
                                    Thumbnail* thumbnail);

}  // namespace verger::abi
