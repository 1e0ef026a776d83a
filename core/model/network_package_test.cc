#include "core/model/network_package.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/base/sha256.h"

namespace verger {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kText = "a network";

class NetworkPackage : public testing::Test {
 protected:
  NetworkPackage() { std::ofstream(folder_ + "/pear.onnx") << kText; }

  ~NetworkPackage() override {
    ::unsetenv("VERGER_NETWORKS");
    std::filesystem::remove_all(folder_);
  }

  std::string ErrorOf(std::string_view name, const std::string& sha256) const {
    const Result<Bytes> file = MapNetwork(folder_, name, sha256);
    if (file) return "no error";
    EXPECT_EQ(file.error().code, Code::kBadModel);
    return file.error().message;
  }

  std::string pattern_ = testing::TempDir() + "networks-XXXXXX";
  const std::string folder_ = ::mkdtemp(pattern_.data());
  const std::string sha256_ = Sha256(std::as_bytes(std::span(kText)));
};

TEST_F(NetworkPackage, GivesTheBytesOfTheFile) {
  const Result<Bytes> file = MapNetwork(folder_, "pear", sha256_);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(file->data()), file->size()), kText);
}

TEST_F(NetworkPackage, SaysWhatInstallsAMissingNetwork) {
  EXPECT_THAT(ErrorOf("apple", sha256_),
              AllOf(StartsWith("apple: "), HasSubstr(folder_ + "/apple.onnx: No such file"),
                    EndsWith("; run: python -m pip install 'verger[networks]'")));
}

TEST_F(NetworkPackage, TakesNoOtherFile) {
  const auto refusal = AllOf(StartsWith("pear: "), HasSubstr(folder_ + "/pear.onnx is damaged"),
                             HasSubstr("--force-reinstall 'verger[networks]'"));
  EXPECT_THAT(ErrorOf("pear", std::string(64, '0')), refusal);
  std::ofstream(folder_ + "/pear.onnx", std::ios::app) << '.';
  EXPECT_THAT(ErrorOf("pear", sha256_), refusal);
}

TEST_F(NetworkPackage, RefusesAFolderAndAnEmptyFile) {
  std::filesystem::create_directory(folder_ + "/folder.onnx");
  std::ofstream(folder_ + "/empty.onnx").flush();
  for (const std::string_view name : {"folder", "empty"}) {
    EXPECT_THAT(ErrorOf(name, sha256_), HasSubstr("this network is not installed")) << name;
  }
}

TEST_F(NetworkPackage, IsBesideThePackageOfTheLibraryUnlessAFolderIsNamed) {
  ::unsetenv("VERGER_NETWORKS");
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(std::filesystem::weakly_canonical(NetworkFolder()),
            program.parent_path().parent_path().parent_path() / "verger_networks");
  ::setenv("VERGER_NETWORKS", "/networks", 1);
  EXPECT_EQ(NetworkFolder(), "/networks");
}

}  // namespace
}  // namespace verger
