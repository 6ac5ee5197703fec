// WebSocket framing, clause by clause of RFC 6455 §5 to §8.
#include "base/utf8.hpp"
#include "http/socketio/websocket_frame.hpp"
#include "http/socketio/websocket_handshake.hpp"

#include <gtest/gtest.h>

namespace cang::socketio {
namespace {

// A client's frame with the given first byte.
std::string masked(unsigned char first, std::string_view payload) {
    auto frame = encode_frame(Opcode::text, payload);
    frame[0] = static_cast<char>(first);
    frame[1] = static_cast<char>(frame[1] | 0x80);
    const std::string mask = "\x37\xfa\x21\x3d";
    auto start = frame.size() - payload.size();
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame[start + i] = static_cast<char>(frame[start + i] ^ mask[i % 4]);
    return frame.insert(start, mask);
}

// "text:hello", "close:…", … for each message, then "fault 1002 reason" when there is one.
std::string decode(std::string_view bytes, std::size_t step = SIZE_MAX, std::size_t limit = 1000) {
    WebSocketDecoder decoder(limit);
    std::string out;
    while (!bytes.empty()) {
        auto piece = bytes.substr(0, step);
        bytes.remove_prefix(piece.size());
        while (!piece.empty()) {
            auto message = decoder.next(piece);
            if (!message)
                return out + "fault " + std::to_string(message.error().code) + " " +
                       std::string(message.error().reason);
            if (*message)
                out += std::to_string(static_cast<int>((*message)->opcode)) + ":" + (*message)->payload + ";";
        }
    }
    return out;
}

TEST(WebSocketFrame, IsReadWholeAndByteByByte) {
    // §5.7: a masked "Hello".
    std::string hello("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    EXPECT_EQ(decode(hello), "1:Hello;");
    EXPECT_EQ(decode(hello, 1), "1:Hello;");
    EXPECT_EQ(decode(hello + hello + masked(0x82, "x"), 3), "1:Hello;1:Hello;2:x;");
    EXPECT_EQ(decode(masked(0x81, "")), "1:;");
}

TEST(WebSocketFrame, HasThreeFormsOfLength) {
    std::string medium(126, 'm');
    std::string large(70'000, 'l');
    EXPECT_EQ(decode(masked(0x82, medium)), "2:" + medium + ";");
    EXPECT_EQ(decode(masked(0x82, large), 4096, 100'000), "2:" + large + ";");
    EXPECT_EQ(decode(std::string("\x82\xfe\x00\x05\x00\x00\x00\x00", 8)),
              "fault 1002 a frame's length is not in its shortest form");
    EXPECT_EQ(decode(std::string("\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 14)),
              "fault 1002 a frame's length is not in its shortest form");
}

TEST(WebSocketFrame, JoinsFragmentsAroundControlFrames) {
    auto bytes = masked(0x01, "Hel") + masked(0x89, "ping") + masked(0x00, "") + masked(0x80, "lo");
    EXPECT_EQ(decode(bytes), "9:ping;1:Hello;");
    EXPECT_EQ(decode(bytes, 1), "9:ping;1:Hello;");
}

TEST(WebSocketFrame, RefusesWhatTheProtocolForbids) {
    EXPECT_EQ(decode("\x81\x05Hello"), "fault 1002 a client's frame is not masked");
    EXPECT_EQ(decode(masked(0xc1, "x")), "fault 1002 reserved bits are set");
    EXPECT_EQ(decode(masked(0x83, "x")), "fault 1002 the opcode is unknown");
    EXPECT_EQ(decode(masked(0x8b, "x")), "fault 1002 the opcode is unknown");
    EXPECT_EQ(decode(masked(0x09, "x")), "fault 1002 a control frame is fragmented or too long");
    EXPECT_EQ(decode(masked(0x89, std::string(126, 'x'))), "fault 1002 a control frame is fragmented or too long");
    EXPECT_EQ(decode(masked(0x80, "x")), "fault 1002 a continuation has nothing to continue");
    EXPECT_EQ(decode(masked(0x01, "x") + masked(0x81, "y")), "fault 1002 a message begins inside another");
}

TEST(WebSocketFrame, BoundsAMessageOverAllFragments) {
    EXPECT_EQ(decode(masked(0x82, std::string(11, 'x')), SIZE_MAX, 10), "fault 1009 the message is too large");
    auto fragments = masked(0x02, "123456") + masked(0x80, "78901");
    EXPECT_EQ(decode(fragments, SIZE_MAX, 10), "fault 1009 the message is too large");
    EXPECT_EQ(decode(fragments, SIZE_MAX, 11), "2:12345678901;");
}

TEST(WebSocketFrame, WantsValidUtf8InText) {
    EXPECT_EQ(decode(masked(0x81, "\xc3\x28")), "fault 1007 a text message is not UTF-8");
    EXPECT_EQ(decode(masked(0x01, "\xe4\xbb") + masked(0x80, "\x93")), "1:\xe4\xbb\x93;");
    EXPECT_EQ(decode(masked(0x82, "\xc3\x28")), "2:\xc3\x28;");
}

TEST(WebSocketFrame, ChecksCloseCodesAndReasons) {
    EXPECT_EQ(decode(masked(0x88, "")), "8:;");
    EXPECT_EQ(decode(masked(0x88, "\x03\xe8"
                                  "bye")),
              "8:\x03\xe8"
              "bye;");
    EXPECT_EQ(decode(masked(0x88, "\x03")), "fault 1002 the close code is not valid");
    for (int code : {0, 999, 1004, 1005, 1006, 1015, 2000, 5000}) {
        std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
        EXPECT_EQ(decode(masked(0x88, payload)), "fault 1002 the close code is not valid") << code;
    }
    EXPECT_EQ(decode(masked(0x88, "\x03\xe8\xff")), "fault 1007 the close reason is not UTF-8");
}

TEST(WebSocketFrame, WritesUnmaskedFrames) {
    EXPECT_EQ(encode_frame(Opcode::text, "Hello"), "\x81\x05Hello");
    EXPECT_EQ(encode_frame(Opcode::binary, std::string(256, 'x')).substr(0, 4), std::string("\x82\x7e\x01\x00", 4));
    EXPECT_EQ(encode_frame(Opcode::binary, std::string(65536, 'x')).substr(0, 10),
              std::string("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10));
    EXPECT_EQ(encode_close_frame(1000, "bye"), "\x88\x05\x03\xe8"
                                               "bye");
    EXPECT_EQ(encode_close_frame(1000, std::string(500, 'x')).size(), 127U);
}

TEST(Utf8, KnowsItsBounds) {
    for (const char* valid : {"", "plain text, long enough for words", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf",
                              "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_utf8(valid)) << valid;
    for (const char* wrong : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                              "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe4\xbb", "1234567\xff", "\xf1\x80\x80"})
        EXPECT_FALSE(is_utf8(wrong));
}

TEST(WebSocketHandshake, ProvesThatTheKeyWasRead) {
    EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); // §1.3
}

} // namespace
} // namespace cang::socketio
