#include "transfer/place_request.hpp"

#include "transfer/upload_offset.hpp"

#include <gtest/gtest.h>

namespace cang::transfer {
namespace {

std::string refusal(std::string_view text) {
    try {
        require_source("source", text);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
        return error.message();
    }
    return "it is taken";
}

TEST(PlaceRequest, GivesOneImageOneName) {
    EXPECT_EQ(require_place("target", "app").to_string(), "app:latest");
    EXPECT_EQ(require_place("target", "docker://registry.example.com/app").to_string(),
              "docker://registry.example.com/app:latest");
    auto digest = "docker://registry.example.com/app@sha256:" + std::string(64, 'a');
    EXPECT_EQ(require_place("source", digest).to_string(), digest);
}

TEST(PlaceRequest, TakesUploadsAsSources) {
    auto whole = std::get<UploadName>(require_source("source", "upload:0011"));
    EXPECT_EQ(whole.id, "0011");
    EXPECT_EQ(whole.image, "");
    auto named = std::get<UploadName>(require_source("source", "upload:0011:registry.example.com:5000/app:v1"));
    EXPECT_EQ(named.image, "registry.example.com:5000/app:v1");
    EXPECT_EQ(refusal("upload:"), "source: upload: is followed by the id of an upload");
    EXPECT_EQ(refusal("upload:../../etc"), "source: upload: is followed by the id of an upload");
    EXPECT_EQ(refusal("upload:0011:"), "source: the name after the upload's id is not one of an image");
}

TEST(PlaceRequest, RepeatsNoPassword) {
    for (std::string_view text : {"docker://robot:s3cret@registry.example.com/app", "docker://robot:s3cret@registry",
                                  "robot:s3cret@registry/app", "https://robot:s3cret@registry/app"})
        EXPECT_EQ(refusal(text).find("s3cret"), std::string::npos) << text;
}

TEST(PlaceRequest, NamesNothingOfTheServersDisk) {
    for (std::string_view text : {"docker-archive:/etc/passwd", "oci:/tmp", "oci-archive:x.tar"})
        EXPECT_EQ(refusal(text),
                  "source: the server reads and writes no paths of its disk; upload an archive and name it upload:ID");
}

TEST(UploadOffset, IsANumberAndNothingElse) {
    EXPECT_EQ(parse_upload_offset("0"), 0U);
    EXPECT_EQ(parse_upload_offset("1099511627776"), 1099511627776U);
    for (std::string_view wrong : {"", "-1", "+1", " 1", "1 ", "0x1", "9007199254740992", "99999999999999999999"})
        EXPECT_FALSE(parse_upload_offset(wrong)) << wrong;
}

} // namespace
} // namespace cang::transfer
