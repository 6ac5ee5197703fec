// What the contract suite needs of a place. The suite (place_contract_test.cpp) holds every place to the words of
// image/source.hpp and image/sink.hpp; copy_matrix_test.cpp copies from each place to each other.
#pragma once

#include "image/copy.hpp"
#include "image/random.hpp"

#include <functional>
#include <ostream>

namespace cang::contract {

// One place of its own for one test, empty at first. The sink and the sources show the same content.
class Place {
public:
    virtual ~Place() = default;
    virtual image::Sink& sink() = 0;
    // A fresh look at what was committed. Throws Error{not_found} when the place does not exist before the first
    // commit.
    virtual awaitable<std::shared_ptr<image::Source>> open_source() = 0;
    // `name` ("team/app:1") as the place names images.
    virtual oci::Reference reference(const std::string& name) { return *oci::Reference::parse(name); }
    // Called at the end of each test that got so far.
    virtual awaitable<void> close() { co_return; }
};

struct PlaceFactory {
    std::string name; // letters and digits
    std::function<awaitable<std::unique_ptr<Place>>()> make;
    bool keeps_digest = true;  // false: manifests are made anew when read (docker-archive, Docker Engine)
    bool holds_several = true; // false: one image, the last one committed (an archive)

    // For the names of failing tests.
    friend void PrintTo(const PlaceFactory& factory, std::ostream* out) { *out << factory.name; }
};

// Every place, in the order of the table in places.cpp.
const std::vector<PlaceFactory>& place_factories();

// Makes a place, runs `body` with it, closes it.
void with_place(const PlaceFactory& factory, const std::function<awaitable<void>(Place&)>& body);

// What the place shows under `name`; nullopt when nothing, or when there is no place yet.
awaitable<std::optional<oci::Descriptor>> look(Place& place, std::string name);

// Copies `content` from memory to the place under `name`.
awaitable<image::CopyResult> deliver(Place& place, image::ImageContent content, std::string name);

// Violations of what the place shows under `name`, read with fresh eyes.
awaitable<std::vector<std::string>> validate(Place& place, std::string name);

// The digest of the config of the image under `name`: it survives where the manifest's does not.
awaitable<oci::Digest> config_digest(Place& place, std::string name);

} // namespace cang::contract
