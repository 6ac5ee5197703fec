#include "api/v1/routes.hpp"

namespace cang::api::v1 {

std::vector<Schema> registry_schemas() {
    return {
        {"RegistryTest", R"({"type":"object","required":["ok","at","steps"],"properties":{
"ok":{"type":"boolean"},"at":{"type":"string","format":"date-time"},
"steps":{"type":"array","description":"In order, up to the first that failed","items":{"type":"object",
"required":["step","ok","message","milliseconds"],"properties":{
"step":{"type":"string","enum":["address","dns","connect","tls","registry","sign-in"]},"ok":{"type":"boolean"},
"message":{"type":"string","description":"What was found, or what is wrong and what to do"},
"milliseconds":{"type":"integer"}}}}}})"},
        {"Registry", R"({"type":"object","required":["id","name","url","host","plainHttp","hasPassword","tlsVerify",
"hasCaCertificate","createdAt","updatedAt"],"properties":{"id":{"type":"string"},"name":{"type":"string"},
"url":{"type":"string"},"host":{"type":"string","description":"As image names have it"},
"plainHttp":{"type":"boolean"},"user":{"type":"string"},"hasPassword":{"type":"boolean"},
"tlsVerify":{"type":"boolean"},"hasCaCertificate":{"type":"boolean"},
"createdAt":{"type":"string","format":"date-time"},"updatedAt":{"type":"string","format":"date-time"},
"lastTest":{"$ref":"#/components/schemas/RegistryTest","description":"Of these settings"}}})"},
        page_schema("RegistryPage", "Registry"),
        {"RegistrySettings", R"({"type":"object","required":["name","url"],"properties":{
"name":{"type":"string","maxLength":100},
"url":{"type":"string","description":"http://HOST[:PORT] or https://HOST[:PORT]"},"user":{"type":"string"},
"password":{"type":["string","null"],"description":"Absent: as stored, if it was given for this url; null: none"},
"tlsVerify":{"type":"boolean","default":true},
"caCertificate":{"type":["string","null"],
"description":"PEM, trusted besides the system's authorities. Absent: as stored; null: none"}}})"},
        {"RegistryTestSettings", R"({"type":"object","required":["url"],"properties":{
"id":{"type":"string","description":"Whose password and certificate are taken where they are absent here"},
"url":{"type":"string"},"user":{"type":"string"},"password":{"type":["string","null"]},
"tlsVerify":{"type":"boolean","default":true},"caCertificate":{"type":["string","null"]}}})"},
        {"RemoteRepositoryList", R"({"type":"object","required":["items"],"properties":{
"items":{"type":"array","items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}},
"next":{"type":"string","description":"Absent on the last page; a page before it may be empty"}}})"},
        {"RemoteTagList", R"({"type":"object","required":["items"],"properties":{
"items":{"type":"array","items":{"type":"object","required":["tag"],"properties":{"tag":{"type":"string"}}}},
"next":{"type":"string","description":"Absent on the last page; a page before it may be empty"}}})"},
    };
}

} // namespace cang::api::v1
