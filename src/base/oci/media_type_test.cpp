#include "base/oci/media_type.hpp"

#include <gtest/gtest.h>

namespace cang::oci {

TEST(MediaType, TellsManifestsFromIndexes) {
    EXPECT_TRUE(is_index(media_type::oci_index));
    EXPECT_TRUE(is_index(media_type::docker_manifest_list));
    EXPECT_FALSE(is_index(media_type::oci_manifest));
    EXPECT_TRUE(is_image_manifest(media_type::oci_manifest));
    EXPECT_TRUE(is_image_manifest(media_type::docker_manifest));
    EXPECT_FALSE(is_image_manifest(media_type::docker_manifest_list));
    EXPECT_TRUE(is_manifest(media_type::docker_manifest_list));
    EXPECT_FALSE(is_manifest(media_type::oci_config));
    EXPECT_FALSE(is_manifest(""));
}

TEST(MediaType, KnowsLayersAndTheirCompression) {
    for (auto type : {media_type::oci_layer, media_type::oci_layer_gzip, media_type::oci_layer_zstd,
                      media_type::docker_layer, media_type::docker_layer_gzip, media_type::docker_foreign_layer})
        EXPECT_TRUE(is_layer(type)) << type;
    EXPECT_FALSE(is_layer(media_type::oci_empty));
    EXPECT_EQ(layer_compression(media_type::oci_layer), Compression::none);
    EXPECT_EQ(layer_compression(media_type::docker_layer), Compression::none);
    EXPECT_EQ(layer_compression(media_type::oci_layer_gzip), Compression::gzip);
    EXPECT_EQ(layer_compression(media_type::docker_layer_gzip), Compression::gzip);
    EXPECT_EQ(layer_compression(media_type::oci_layer_zstd), Compression::zstd);
}

TEST(MediaType, KnowsForeignLayers) {
    EXPECT_TRUE(is_foreign_layer(media_type::docker_foreign_layer));
    EXPECT_TRUE(is_foreign_layer("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"));
    EXPECT_FALSE(is_foreign_layer(media_type::oci_layer_gzip));
}

TEST(MediaType, AsksForEveryManifestTypeItReads) {
    EXPECT_EQ(manifest_accept(), "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
                                 "application/vnd.docker.distribution.manifest.list.v2+json, "
                                 "application/vnd.docker.distribution.manifest.v2+json");
}

} // namespace cang::oci
