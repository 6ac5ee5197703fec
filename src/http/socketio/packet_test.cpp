// Engine.IO and Socket.IO packets, clause by clause.
#include "http/socketio/socket_packet.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace cang::socketio {
namespace {

TEST(EnginePacket, HasATypeDigitAndData) {
    auto packet = parse_engine_packet("4hello");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->type, EnginePacketType::message);
    EXPECT_EQ(packet->data, "hello");
    EXPECT_EQ(parse_engine_packet("2probe")->type, EnginePacketType::ping);
    EXPECT_EQ(parse_engine_packet("6")->data, "");
}

TEST(EnginePacket, RefusesUnknownTypesAndNothing) {
    EXPECT_EQ(parse_engine_packet("").error().reason, "the packet is empty");
    EXPECT_EQ(parse_engine_packet("7").error().reason, "the packet type is unknown");
    EXPECT_EQ(parse_engine_packet("abc").error().reason, "the packet type is unknown");
}

TEST(EnginePayload, HoldsPacketsBetweenRecordSeparators) {
    PayloadParser payload("4hello\x1e"
                          "bAQIDBA==\x1e"
                          "3");
    EXPECT_EQ(payload.next()->data, "hello");
    auto binary = payload.next();
    EXPECT_TRUE(binary->binary);
    EXPECT_EQ(binary->data, "\x01\x02\x03\x04");
    EXPECT_FALSE(payload.finished());
    EXPECT_EQ(payload.next()->type, EnginePacketType::pong);
    EXPECT_TRUE(payload.finished());
}

TEST(EnginePayload, SaysWhereAPacketIsMalformed) {
    PayloadParser payload("4a\x1e*\x1e"
                          "b~");
    EXPECT_TRUE(payload.next());
    EXPECT_EQ(payload.next().error().position, 3U);
    EXPECT_EQ(payload.next().error().reason, "the packet is not base64");
    PayloadParser nothing("");
    EXPECT_EQ(nothing.next().error().reason, "the packet is empty");
    EXPECT_TRUE(nothing.finished());
}

TEST(EnginePayload, IsWrittenAsItIsRead) {
    std::string payload;
    append_to_payload(payload, *make_packet(EnginePacketType::message, "hello"));
    append_to_payload(payload, *make_binary_packet("\x01\x02\x03\x04"));
    append_to_payload(payload, *make_packet(EnginePacketType::ping));
    EXPECT_EQ(payload, "4hello\x1e"
                       "bAQIDBA==\x1e"
                       "2");
}

TEST(OutgoingPacket, IsAlsoAWholeWebSocketFrame) {
    auto packet = make_packet(EnginePacketType::message, "hello");
    EXPECT_EQ(packet->frame, "\x81\x06"
                             "4hello");
    EXPECT_EQ(packet->payload(), "4hello");
    auto binary = make_binary_packet(std::string(200, 'x'));
    EXPECT_EQ(binary->frame.substr(0, 4), std::string("\x82\x7e\x00\xc8", 4));
    EXPECT_EQ(binary->payload().size(), 200U);
}

struct Text {
    const char* text;
};

class SocketPacketText : public testing::TestWithParam<Text> {};

// The examples of the specification.
INSTANTIATE_TEST_SUITE_P(OfTheSpecification, SocketPacketText,
                         testing::Values(Text{"0"}, Text{R"(0{"token":"123"})"}, Text{R"(0/admin,{"sid":"oSO0"})"},
                                         Text{R"(4{"message":"Not authorized"})"}, Text{R"(2["foo"])"},
                                         Text{R"(2/admin,["bar"])"}, Text{R"(212["foo"])"},
                                         Text{R"(3/admin,13["bar"])"}, Text{"1/admin,"},
                                         Text{R"(51-["baz",{"_placeholder":true,"num":0}])"},
                                         Text{R"(61-/admin,15[{"_placeholder":true,"num":0}])"}));

TEST_P(SocketPacketText, IsWrittenAsItIsRead) {
    auto packet = parse_socket_packet(GetParam().text);
    ASSERT_TRUE(packet) << packet.error().to_string();
    EXPECT_EQ(to_text(*packet), GetParam().text);
}

TEST(SocketPacket, ReadsItsParts) {
    auto packet = parse_socket_packet(R"(52-/admin,7["baz",{"_placeholder":true,"num":1}])");
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->type, SocketPacketType::binary_event);
    EXPECT_EQ(packet->name_space, "/admin");
    EXPECT_EQ(packet->id, 7U);
    EXPECT_EQ(packet->awaited_attachments, 2U);
    EXPECT_FALSE(packet->complete());
    EXPECT_EQ(packet->payload.as_array().size(), 2U);
    EXPECT_EQ(parse_socket_packet("0/custom")->name_space, "/custom");
}

std::string reason(std::string_view text) {
    auto packet = parse_socket_packet(text);
    return packet ? "accepted" : packet.error().reason;
}

TEST(SocketPacket, RefusesWhatIsMalformed) {
    EXPECT_EQ(reason(""), "the packet type is unknown");
    EXPECT_EQ(reason("7"), "the packet type is unknown");
    EXPECT_EQ(reason("0[1]"), "the connect payload is no object");
    EXPECT_EQ(reason("1{}"), "a disconnect packet has no payload");
    EXPECT_EQ(reason("4"), "a connect error has a reason");
    EXPECT_EQ(reason("2"), "the event is malformed");
    EXPECT_EQ(reason("2{}"), "the event is malformed");
    EXPECT_EQ(reason("2[]"), "the event is malformed");
    EXPECT_EQ(reason("2[1]"), "the event is malformed");
    EXPECT_EQ(reason("2abc[\"a\"]"), "the payload is not JSON");
    EXPECT_EQ(reason("2[\"a\"]x"), "the payload is not JSON");
    EXPECT_EQ(reason("0null"), "the payload is null");
    EXPECT_EQ(reason("3[1]"), "the acknowledgement is malformed");
    EXPECT_EQ(reason("31{}"), "the acknowledgement is malformed");
    EXPECT_EQ(reason("299999999999999999999[\"a\"]"), "the acknowledgement id is too large");
}

TEST(SocketPacket, RefusesNumbersThatCannotBeWrittenAgain) {
    for (const char* number : {"1e400", "-1e400", "0e400", "0.0e99999999"})
        EXPECT_EQ(reason(fmt::format(R"(2["a",{{"b":[{}]}}])", number)), "a number of the payload is out of range");
    EXPECT_EQ(reason(R"(2["a",1e308,1e-400,18446744073709551616])"), "accepted");
}

TEST(SocketPacket, RefusesEventsThatClientsRaiseThemselves) {
    for (const char* name :
         {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
        EXPECT_EQ(reason("2[\"" + std::string(name) + "\"]"), "the event is malformed") << name;
}

TEST(SocketPacket, BoundsAttachmentsNamespacesAndDepth) {
    EXPECT_EQ(reason("5[\"a\"]"), "the number of attachments is malformed");
    EXPECT_EQ(reason("51[\"a\"]"), "the number of attachments is malformed");
    EXPECT_EQ(reason("51"), "the number of attachments is malformed");
    EXPECT_EQ(reason("511-[\"a\"]"), "the number of attachments is malformed");
    EXPECT_EQ(reason(R"(51-["a",{"_placeholder":true,"num":1}])"), "a placeholder names no attachment");
    EXPECT_EQ(reason(R"(51-["a",[{"_placeholder":true}]])"), "a placeholder names no attachment");
    EXPECT_EQ(reason("0/" + std::string(kMaxNamespaceBytes, 'n')), "the namespace is too long");
    EXPECT_EQ(reason("2[\"a\"," + std::string(1000, '[')), "the payload is not JSON");
}

TEST(SocketPacket, BecomesBinaryWithAttachments) {
    SocketPacket packet{.type = SocketPacketType::event};
    packet.payload = json::array{"a", json::object{{"_placeholder", true}, {"num", 0}}};
    packet.attachments = {"\x01\x02"};
    auto packets = encode(packet);
    ASSERT_EQ(packets.size(), 2U);
    EXPECT_EQ(packets[0]->payload(), R"(451-["a",{"_placeholder":true,"num":0}])");
    EXPECT_EQ(packets[1]->payload(), "\x01\x02");
    EXPECT_TRUE(packets[1]->binary);
}

} // namespace
} // namespace cang::socketio
