#include "cli/net/xml.h"

#include <gtest/gtest.h>

namespace verger::cli {
namespace {

TEST(ReadXmlTest, ReturnsTheOutermostElementWithTextsAsTheyAre) {
  pugi::xml_document document;
  const pugi::xml_node root =
      ReadXml("<?xml version=\"1.0\"?>\n<R xmlns=\"u\"><A> a&amp;b </A><B> </B></R>", &document);
  EXPECT_STREQ(root.name(), "R");
  EXPECT_STREQ(root.child_value("A"), " a&b ");
  EXPECT_STREQ(root.child_value("B"), " ");
  EXPECT_STREQ(root.child_value("C"), "");
}

TEST(ReadXmlTest, ReturnsNothingForWhatIsNoXml) {
  for (const char* text : {"", "no xml", "<R><A></R>", "<R"}) {
    pugi::xml_document document;
    EXPECT_FALSE(ReadXml(text, &document)) << text;
  }
}

}  // namespace
}  // namespace verger::cli
