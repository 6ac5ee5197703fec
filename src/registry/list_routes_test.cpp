#include "registry/registry_fixture.hpp"

namespace cang::registry {
namespace {

class ListRoutes : public RegistryFixture {
protected:
    std::vector<std::string> strings(const Reply& reply, const char* key) {
        std::vector<std::string> values;
        auto document = boost::json::parse(reply.body);
        for (const auto& value : document.at(key).as_array())
            values.emplace_back(value.as_string());
        return values;
    }
    std::vector<std::string> referrers(const Reply& reply) {
        std::vector<std::string> digests;
        auto document = boost::json::parse(reply.body);
        for (const auto& value : document.at("manifests").as_array())
            digests.emplace_back(value.at("digest").as_string());
        return digests;
    }
    void push_tags() {
        for (const auto* tag : {"v2", "latest", "v1"})
            push_image("library/app", tag, "one");
    }
};

using Strings = std::vector<std::string>;

TEST_F(ListRoutes, End8aListsTagsInOrder) {
    push_tags();
    auto reply = get("/v2/library/app/tags/list");
    EXPECT_EQ(reply.body, R"({"name":"library/app","tags":["latest","v1","v2"]})");
    EXPECT_FALSE(reply.headers.has("Link"));
}

TEST_F(ListRoutes, End8bPagesThroughTagsByLink) {
    push_tags();
    auto first = get("/v2/library/app/tags/list?n=2");
    EXPECT_EQ(strings(first, "tags"), (Strings{"latest", "v1"}));
    EXPECT_EQ(first.header("Link"), "</v2/library/app/tags/list?n=2&last=v1>; rel=\"next\"");
    auto second = get("/v2/library/app/tags/list?n=2&last=v1");
    EXPECT_EQ(strings(second, "tags"), (Strings{"v2"}));
    EXPECT_FALSE(second.headers.has("Link"));
}

TEST_F(ListRoutes, End8bTakesALastThatIsNoTag) {
    push_tags();
    EXPECT_EQ(strings(get("/v2/library/app/tags/list?last=m"), "tags"), (Strings{"v1", "v2"}));
}

TEST_F(ListRoutes, End8bAnswersZeroEntriesWhenAskedForNone) {
    push_tags();
    auto reply = get("/v2/library/app/tags/list?n=0");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(strings(reply, "tags"), Strings{});
    EXPECT_FALSE(reply.headers.has("Link"));
}

TEST_F(ListRoutes, RefusesACountThatIsNone) {
    push_tags();
    for (const auto* n : {"x", "-1", "1x", "", "99999999999999999999", "1000000001"}) {
        auto reply = get(std::string("/v2/library/app/tags/list?n=") + n);
        EXPECT_EQ(reply.status, 400) << n;
        EXPECT_NE(reply.body.find("the query parameter n must be a number from 0 to 1000000000"), std::string::npos);
    }
    EXPECT_EQ(get("/v2/library/app/tags/list?n=1000000000").status, 200);
}

TEST_F(ListRoutes, TellsAnUnknownRepositoryFromOneWithoutTags) {
    push_image("library/app", "", "one");
    EXPECT_EQ(get("/v2/library/app/tags/list").body, R"({"name":"library/app","tags":[]})");
    auto reply = get("/v2/library/other/tags/list");
    EXPECT_EQ(reply.status, 404);
    EXPECT_EQ(reply.code(), "NAME_UNKNOWN");
}

TEST_F(ListRoutes, CatalogListsRepositoriesByPages) {
    for (const auto* name : {"b/app", "a/app", "c/app"})
        push_image(name, "v1", "one");
    auto first = get("/v2/_catalog?n=2");
    EXPECT_EQ(strings(first, "repositories"), (Strings{"a/app", "b/app"}));
    EXPECT_EQ(first.header("Link"), "</v2/_catalog?n=2&last=b%2Fapp>; rel=\"next\"");
    EXPECT_EQ(strings(get("/v2/_catalog?n=2&last=b%2Fapp"), "repositories"), (Strings{"c/app"}));
}

TEST_F(ListRoutes, End12aListsReferrersOfASubject) {
    auto subject = push_image("library/app", "v1", "one");
    auto referrer = push_image("library/app", "", "signature", subject.descriptor(), "application/x.signature");
    auto reply = get("/v2/library/app/referrers/" + subject.digest().to_string());
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Content-Type"), oci::media_type::oci_index);
    EXPECT_EQ(referrers(reply), (Strings{referrer.digest().to_string()}));
    EXPECT_FALSE(reply.headers.has("OCI-Filters-Applied"));
}

TEST_F(ListRoutes, End12bFiltersByArtifactType) {
    auto subject = push_image("library/app", "v1", "one");
    auto signature = push_image("library/app", "", "signature", subject.descriptor(), "application/x.signature");
    push_image("library/app", "", "bill", subject.descriptor(), "application/x.bill");
    auto reply =
        get("/v2/library/app/referrers/" + subject.digest().to_string() + "?artifactType=application/x.signature");
    EXPECT_EQ(reply.header("OCI-Filters-Applied"), "artifactType");
    EXPECT_EQ(referrers(reply), (Strings{signature.digest().to_string()}));
}

TEST_F(ListRoutes, End12aHasAnEmptyIndexForAnUnknownSubject) {
    auto reply = get("/v2/library/app/referrers/" + oci::Digest().to_string());
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body,
              R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})");
}

TEST_F(ListRoutes, ReferrersMayComeBeforeTheirSubject) {
    auto subject = make_image("library/app", "one");
    auto referrer = make_image("library/app", "signature", subject.descriptor(), "application/x.signature");
    auto reply = put_manifest("/v2/library/app/manifests/" + referrer.digest().to_string(), referrer.bytes());
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.header("OCI-Subject"), subject.digest().to_string());
    EXPECT_EQ(referrers(get("/v2/library/app/referrers/" + subject.digest().to_string())).size(), 1U);
}

TEST_F(ListRoutes, ReferrersWantADigest) {
    auto reply = get("/v2/library/app/referrers/v1");
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "DIGEST_INVALID");
}

} // namespace
} // namespace cang::registry
