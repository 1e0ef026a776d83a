#include "cli/net/xml.h"

namespace verger::cli {

pugi::xml_node ReadXml(std::string_view text, pugi::xml_document* document) {
  const unsigned flags = pugi::parse_default | pugi::parse_ws_pcdata_single;
  const pugi::xml_parse_result result =
      document->load_buffer(text.data(), text.size(), flags, pugi::encoding_utf8);
  return result ? document->document_element() : pugi::xml_node();
}

}  // namespace verger::cli
