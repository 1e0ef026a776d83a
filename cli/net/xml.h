// xml.h: XML that servers reply with.
#pragma once

#include <pugixml.hpp>
#include <string_view>

namespace verger::cli {

// Reads `text`, UTF-8. Texts keep their spaces: keys of objects may begin and end with some, and
// be nothing else. Returns the outermost element; an empty node if `text` is no XML.
pugi::xml_node ReadXml(std::string_view text, pugi::xml_document* document);

}  // namespace verger::cli
