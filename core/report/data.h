// data.h: what a report says, as the page reads it.
#pragma once

#include <string>
#include <vector>

#include "core/report/content.h"

namespace verger {

// Blocks of report.html, by the ids of their elements. page/data.js reads them.
struct ReportBlocks {
  std::string title;
  std::string data;    // JSON
  std::string coords;  // base64 of Points::Quantised()
  std::string labels;  // base64 of a byte, or two, little-endian, for each point
  std::string paths;   // base64 of PathList::bytes()
  std::string sprite;  // base64 of the WebP; "" without thumbnails
};

// `thumbnails`: the photos that have one, in the order in which they stand in the sprite.
ReportBlocks LayOut(const ReportContent& content, const std::vector<const ReportPhoto*>& thumbnails,
                    const std::string& sprite);

}  // namespace verger
