#include "api/v1/routes.hpp"

namespace cang::api::v1 {

namespace {

constexpr std::string_view kImage = R"({"type":"object",
"required":["repository","tag","digest","mediaType","size","platforms","updatedAt"],"properties":{
"repository":{"type":"string"},"tag":{"type":"string"},"digest":{"type":"string"},"mediaType":{"type":"string"},
"artifactType":{"type":"string","description":"Of an artifact; absent for images"},
"size":{"type":"integer","description":"Bytes of config and layers, of all platforms"},
"platforms":{"type":"array","items":{"type":"string"}},"updatedAt":{"type":"string","format":"date-time"}}})";

constexpr std::string_view kTag = R"({"type":"object",
"required":["tag","digest","mediaType","size","platforms","updatedAt"],"properties":{
"tag":{"type":"string"},"digest":{"type":"string"},"mediaType":{"type":"string"},
"artifactType":{"type":"string","description":"Of an artifact; absent for images"},
"size":{"type":"integer","description":"Bytes of config and layers, of all platforms"},
"platforms":{"type":"array","items":{"type":"string"}},"updatedAt":{"type":"string","format":"date-time"}}})";

constexpr std::string_view kPlatformImage = R"({"type":"object",
"required":["platform","digest","size","mediaType","attestation"],"properties":{
"platform":{"type":"string","description":"Empty when nobody told it"},"digest":{"type":"string"},
"size":{"type":"integer","description":"Bytes of config and layers; of its manifest where only that is known"},
"mediaType":{"type":"string"},"os":{"type":"string"},"architecture":{"type":"string"},"variant":{"type":"string"},
"attestation":{"type":"boolean","description":"Tells of another image, as BuildKit's provenance does"}}})";

constexpr std::string_view kImageConfig = R"({"type":"object",
"required":["created","author","os","architecture","variant","user","workingDir","entrypoint","cmd","env",
"exposedPorts","volumes","labels","stopSignal"],"properties":{
"created":{"type":"string"},"author":{"type":"string"},"os":{"type":"string"},"architecture":{"type":"string"},
"variant":{"type":"string"},"user":{"type":"string"},"workingDir":{"type":"string"},
"entrypoint":{"type":"array","items":{"type":"string"}},"cmd":{"type":"array","items":{"type":"string"}},
"env":{"type":"array","items":{"type":"string"}},"exposedPorts":{"type":"array","items":{"type":"string"}},
"volumes":{"type":"array","items":{"type":"string"}},
"labels":{"type":"object","additionalProperties":{"type":"string"}},"stopSignal":{"type":"string"},
"healthcheck":{"type":"object","required":["test"],"properties":{
"test":{"type":"array","items":{"type":"string"}},"intervalMilliseconds":{"type":"integer"},
"timeoutMilliseconds":{"type":"integer"},"startPeriodMilliseconds":{"type":"integer"},
"retries":{"type":"integer"}}}}})";

constexpr std::string_view kImageLayer = R"({"type":"object","required":["digest","mediaType","size"],"properties":{
"digest":{"type":"string"},"mediaType":{"type":"string"},"size":{"type":"integer"},
"diffId":{"type":"string","description":"Digest of the uncompressed layer"},
"createdBy":{"type":"string","description":"The command that made it; absent where nobody can tell"},
"comment":{"type":"string"},"created":{"type":"string"}}})";

constexpr std::string_view kImageHistory = R"({"type":"object","required":["emptyLayer"],"properties":{
"created":{"type":"string"},"createdBy":{"type":"string"},"comment":{"type":"string"},
"emptyLayer":{"type":"boolean"},"layer":{"type":"integer","description":"Number of the layer it made, from 0"}}})";

constexpr std::string_view kImageDetail = R"({"type":"object",
"required":["repository","reference","digest","mediaType","annotations","platforms"],"properties":{
"repository":{"type":"string"},"reference":{"type":"string"},"digest":{"type":"string"},
"mediaType":{"type":"string"},"artifactType":{"type":"string"},
"size":{"type":"integer","description":"Bytes of config and layers, of all platforms; absent where not known"},
"pushedAt":{"type":"string","format":"date-time"},"tags":{"type":"array","items":{"type":"string"}},
"annotations":{"type":"object","additionalProperties":{"type":"string"}},
"subject":{"type":"object","required":["digest","mediaType","size"],"properties":{
"digest":{"type":"string"},"mediaType":{"type":"string"},"size":{"type":"integer"}}},
"platforms":{"type":"array","items":{"$ref":"#/components/schemas/PlatformImage"}},
"config":{"$ref":"#/components/schemas/ImageConfig"},
"configProblem":{"type":"string","description":"Why config is absent"},
"layers":{"type":"array","items":{"$ref":"#/components/schemas/ImageLayer"}},
"history":{"type":"array","items":{"$ref":"#/components/schemas/ImageHistory"}}}})";

constexpr std::string_view kReferrerList = R"({"type":"object","required":["items"],"properties":{
"items":{"type":"array","items":{"type":"object",
"required":["digest","mediaType","artifactType","size","annotations"],"properties":{
"digest":{"type":"string"},"mediaType":{"type":"string"},"artifactType":{"type":"string"},"size":{"type":"integer"},
"annotations":{"type":"object","additionalProperties":{"type":"string"}}}}}}})";

constexpr std::string_view kTagTarget = R"({"type":"object","required":["digest"],"properties":{
"digest":{"type":"string","description":"Of an image of the repository"}}})";

constexpr std::string_view kTagged = R"({"type":"object","required":["repository","tag","digest"],"properties":{
"repository":{"type":"string"},"tag":{"type":"string"},"digest":{"type":"string"}}})";

} // namespace

std::vector<Schema> image_schemas() {
    return {
        {"Image", std::string(kImage)},
        page_schema("ImageList", "Image"),
        {"PlatformImage", std::string(kPlatformImage)},
        {"ImageConfig", std::string(kImageConfig)},
        {"ImageLayer", std::string(kImageLayer)},
        {"ImageHistory", std::string(kImageHistory)},
        {"ImageDetail", std::string(kImageDetail)},
        {"ReferrerList", std::string(kReferrerList)},
    };
}

std::vector<Schema> tag_schemas() {
    return {
        {"Tag", std::string(kTag)},
        page_schema("TagList", "Tag"),
        {"TagTarget", std::string(kTagTarget)},
        {"Tagged", std::string(kTagged)},
    };
}

} // namespace cang::api::v1
