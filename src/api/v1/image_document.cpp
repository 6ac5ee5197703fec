#include "api/v1/image_document.hpp"

#include "base/oci/image_config.hpp"
#include "image/diff.hpp"

namespace cang::api::v1 {

namespace {

namespace json = boost::json;

constexpr std::string_view kReferenceType = "vnd.docker.reference.type"; // BuildKit marks its attestations with it

void set_text(json::object& document, std::string_view key, const std::string& text) {
    if (!text.empty())
        document[json::string_view(key.data(), key.size())] = text;
}

json::object subject_document(const oci::Descriptor& subject) {
    return {{"digest", subject.digest.to_string()}, {"mediaType", subject.media_type}, {"size", subject.size}};
}

bool is_attestation(const oci::Descriptor& image) {
    if (auto type = image.annotations.find(std::string(kReferenceType)); type != image.annotations.end())
        return type->second == "attestation-manifest";
    return image.platform && image.platform->os == "unknown" && image.platform->architecture == "unknown";
}

json::object platform_row(const std::optional<oci::Platform>& platform, const oci::Descriptor& image,
                          std::uint64_t size) {
    json::object row{{"platform", platform ? platform->to_string() : ""},
                     {"digest", image.digest.to_string()},
                     {"size", size},
                     {"mediaType", image.media_type},
                     {"attestation", is_attestation(image)}};
    if (platform) {
        set_text(row, "os", platform->os);
        set_text(row, "architecture", platform->architecture);
        set_text(row, "variant", platform->variant);
    }
    return row;
}

void add_index(json::object& document, const oci::Manifest& index, const ImageSizes& sizes) {
    json::array rows;
    std::uint64_t total = 0;
    for (const auto& image : index.manifests()) {
        auto known = sizes.find(image.digest);
        total += known == sizes.end() ? 0 : known->second;
        rows.push_back(platform_row(image.platform, image, known == sizes.end() ? image.size : known->second));
    }
    if (!sizes.empty() || index.manifests().empty())
        document["size"] = total;
    document["platforms"] = std::move(rows);
}

json::object healthcheck_document(const oci::Healthcheck& check) {
    json::object document{{"test", texts_document(check.test)}};
    auto set = [&document](json::string_view key, std::chrono::nanoseconds duration) {
        if (duration.count() > 0)
            document[key] = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    };
    set("intervalMilliseconds", check.interval);
    set("timeoutMilliseconds", check.timeout);
    set("startPeriodMilliseconds", check.start_period);
    if (check.retries > 0)
        document["retries"] = check.retries;
    return document;
}

json::object config_document(const oci::ImageConfig& config) {
    json::object document{{"created", config.created},
                          {"author", config.author},
                          {"os", config.platform.os},
                          {"architecture", config.platform.architecture},
                          {"variant", config.platform.variant},
                          {"user", config.user},
                          {"workingDir", config.working_directory},
                          {"entrypoint", texts_document(config.entrypoint)},
                          {"cmd", texts_document(config.command)},
                          {"env", texts_document(config.env)},
                          {"exposedPorts", texts_document(config.exposed_ports)},
                          {"volumes", texts_document(config.volumes)},
                          {"labels", texts_document(config.labels)},
                          {"stopSignal", config.stop_signal}};
    if (config.healthcheck)
        document["healthcheck"] = healthcheck_document(*config.healthcheck);
    return document;
}

void add_origin(json::object& document, const oci::HistoryEntry& entry) {
    set_text(document, "created", entry.created);
    set_text(document, "createdBy", entry.created_by);
    set_text(document, "comment", entry.comment);
}

json::array layers_document(const std::vector<oci::Descriptor>& layers, const oci::ImageConfig& config) {
    auto makers = oci::history_of_layers(config.history, layers.size());
    bool counts_agree = config.diff_ids.size() == layers.size();
    json::array rows;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        json::object row{
            {"digest", layers[i].digest.to_string()}, {"mediaType", layers[i].media_type}, {"size", layers[i].size}};
        if (counts_agree)
            row["diffId"] = config.diff_ids[i].to_string();
        if (makers[i] != nullptr)
            add_origin(row, *makers[i]);
        rows.push_back(std::move(row));
    }
    return rows;
}

json::array history_document(const oci::ImageConfig& config, std::size_t layers) {
    auto makers = oci::history_of_layers(config.history, layers);
    std::size_t layer = 0;
    json::array rows;
    for (const auto& entry : config.history) {
        json::object row{{"emptyLayer", entry.empty_layer}};
        add_origin(row, entry);
        if (layer < makers.size() && makers[layer] == &entry)
            row["layer"] = layer++;
        rows.push_back(std::move(row));
    }
    return rows;
}

void add_image(json::object& document, const oci::Manifest& image, const std::optional<std::string>& config_bytes) {
    auto size = image::stored_bytes(image);
    document["size"] = size;
    oci::ImageConfig config;
    std::optional<oci::Platform> platform;
    if (config_bytes) {
        auto parsed = oci::ImageConfig::parse(*config_bytes);
        if (parsed) {
            config = std::move(*parsed);
            platform = config.platform;
            document["config"] = config_document(config);
        } else {
            document["configProblem"] = "the image's config is wrong: " + parsed.error().reason;
        }
    }
    document["layers"] = layers_document(image.layers(), config);
    document["history"] = history_document(config, image.layers().size());
    json::array rows;
    if (image.config() && oci::is_config(image.config()->media_type))
        rows.push_back(platform_row(platform, image.descriptor(), size));
    document["platforms"] = std::move(rows);
}

} // namespace

json::object image_document(const oci::Manifest& manifest, const std::optional<std::string>& config,
                            const ImageSizes& sizes) {
    json::object document{{"digest", manifest.digest().to_string()},
                          {"mediaType", manifest.media_type()},
                          {"annotations", texts_document(manifest.annotations())}};
    set_text(document, "artifactType", shown_artifact_type(manifest.artifact_type()));
    if (manifest.subject())
        document["subject"] = subject_document(*manifest.subject());
    if (manifest.is_index())
        add_index(document, manifest, sizes);
    else
        add_image(document, manifest, config);
    return document;
}

bool has_readable_config(const oci::Manifest& manifest) {
    const auto& config = manifest.config();
    return config && oci::is_config(config->media_type) && config->size <= oci::ImageConfig::max_bytes;
}

std::string shown_artifact_type(const std::string& artifact_type) {
    return oci::is_config(artifact_type) ? std::string() : artifact_type;
}

json::array texts_document(const std::vector<std::string>& texts) { return json::array(texts.begin(), texts.end()); }

json::object texts_document(const std::map<std::string, std::string>& texts) {
    json::object document;
    for (const auto& [key, value] : texts)
        document.emplace(key, value);
    return document;
}

} // namespace cang::api::v1
