#include "http/request_parser.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace taskwire::edge {
namespace {

constexpr std::size_t kMostHeader = 16 << 10;
constexpr std::uint64_t kMostBody = 1000;

struct Parsed {
  HttpRequest request;
  std::optional<Problem> problem;
  bool is_complete = false;
  std::size_t taken = 0;
};

/// Parses `text`, given in pieces of `piece` bytes.
Parsed parse(std::string_view text, std::size_t piece = std::string_view::npos) {
  RequestParser parser(kMostHeader);
  Parsed parsed;
  std::string_view rest;
  while (parsed.taken < text.size() && !parser.problem() && !parser.is_complete()) {
    if (parser.is_header_read()) parser.read_body(kMostBody);
    rest = text.substr(parsed.taken, piece);
    const auto taken = parser.put(rest);
    parsed.taken += taken;
    if (taken == 0 && !parser.is_header_read()) break;
  }
  if (parser.is_header_read()) parser.read_body(kMostBody);
  parsed.request = parser.request();
  parsed.problem = parser.problem();
  parsed.is_complete = parser.is_complete();
  return parsed;
}

std::string get(const std::string& headers) {
  return "GET /a?b HTTP/1.1\r\n" + headers + "\r\n";
}
std::string post(const std::string& headers, const std::string& body) {
  return "POST /a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

TEST(RequestParser, ReadsARequestHoweverItIsCut) {
  const std::string text = post("X-Empty:\r\nX-Text: \t a b \t\r\nContent-Length: 5\r\n", "hello") + "GET";
  for (std::size_t piece = 1; piece < 20; ++piece) {
    const auto parsed = parse(text, piece);
    ASSERT_TRUE(parsed.is_complete) << piece;
    EXPECT_EQ(parsed.taken, text.size() - 3) << "what follows is the next one's";
    EXPECT_EQ(parsed.request.method, "POST");
    EXPECT_EQ(parsed.request.target, "/a");
    EXPECT_EQ(parsed.request.header("x-empty"), "");
    EXPECT_EQ(parsed.request.header("x-text"), "a b");
    EXPECT_EQ(parsed.request.body, "hello");
  }
}

TEST(RequestParser, ReadsChunksAndLeavesOutTheirExtensionsAndTrailers) {
  const std::string text = post("Transfer-Encoding: Chunked\r\n",
                                "5;a=b; c=\"d\"\r\nhello\r\n0006 ; e\r\n world\r\n0\r\nIdempotency-Key: k\r\n"
                                "Content-Type: text/plain\r\nConnection: close\r\n\r\n");
  for (std::size_t piece = 1; piece < 20; ++piece) {
    const auto parsed = parse(text, piece);
    ASSERT_TRUE(parsed.is_complete) << piece;
    EXPECT_EQ(parsed.taken, text.size());
    EXPECT_EQ(parsed.request.body, "hello world");
    EXPECT_EQ(parsed.request.headers.size(), 2U) << "trailers are no headers";
  }
}

TEST(RequestParser, StopsBehindTheHeaderUntilItIsToldHowMuchMayCome) {
  RequestParser parser(kMostHeader);
  const std::string text = post("Content-Length: 5\r\nExpect: 100-Continue\r\n", "hello");
  EXPECT_EQ(parser.put(text), text.size() - 5);
  EXPECT_TRUE(parser.is_header_read());
  EXPECT_FALSE(parser.is_complete());
  EXPECT_TRUE(parser.expects_continue());
  parser.read_body(5);
  EXPECT_EQ(parser.put("hello"), 5U);
  EXPECT_TRUE(parser.is_complete());
}

TEST(RequestParser, PassesOverAFewEmptyLines) {
  EXPECT_TRUE(parse("\r\n\r\n" + get("")).is_complete);
  std::string many;
  for (std::size_t i = 0; i <= RequestParser::kMostEmptyLines; ++i) many += "\r\n";
  EXPECT_EQ(parse(many + get("")).problem->reason, Reason::malformed_request);
  RequestParser parser(kMostHeader);
  parser.put("\r\n");
  EXPECT_FALSE(parser.has_begun());
  parser.put("G");
  EXPECT_TRUE(parser.has_begun());
}

TEST(RequestParser, KeepsConnectionsAliveAsTheVersionSays) {
  const auto keeps_alive = [](const std::string& text) {
    RequestParser parser(kMostHeader);
    parser.put(text);
    return parser.keeps_alive();
  };
  EXPECT_TRUE(keeps_alive(get("")));
  EXPECT_TRUE(keeps_alive("GET / HTTP/1.7\r\n\r\n")) << "a later 1.x is answered as 1.1";
  EXPECT_FALSE(keeps_alive(get("Connection: x\r\nConnection: Close\r\n")));
  EXPECT_FALSE(keeps_alive("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_FALSE(keeps_alive("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"));
}

TEST(RequestParser, RefusesWhatIsNoRequest) {
  const std::vector<std::string> malformed = {
      "nonsense\r\n\r\n",
      "GET / HTTP/2.0\r\n\r\n",
      "GET / HTTP/1.10\r\n\r\n",
      "GET / http/1.1\r\n\r\n",
      "GET /\r\n\r\n",
      "GET  / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1 \r\n\r\n",
      "GET /a b HTTP/1.1\r\n\r\n",
      "G(T / HTTP/1.1\r\n\r\n",
      "\x16\x03\x01",
      "GET /\x01",
      "GET / HTTP/1.1\nHost: x\n\n",
      "\nGET / HTTP/1.1\r\n\r\n",
      get("Host : x\r\n"),
      get(" Host: x\r\n"),
      get("Host: x\r\n y\r\n"),
      get("Host: x\n"),
      get("Host: a\rb\r\n"),
      get(std::string("Host: a\0b\r\n", 11)),
      get(": x\r\n"),
      get("Host\r\n"),
      get("Content-Type: a/b\r\nContent-Type: a/c\r\n"),
      get("Origin: http://a\r\norigin: http://b\r\n"),
      post("Content-Length: 1\r\nContent-Length: 1\r\n", "x"),
      post("Content-Length: 1, 1\r\n", "x"),
      post("Content-Length: +1\r\n", "x"),
      post("Content-Length: 0x1\r\n", "x"),
      post("Content-Length:\r\n", "x"),
      post("Content-Length: -1\r\n", "x"),
      post("Content-Length: 18446744073709551617\r\n", "x"),
      post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding:\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post("Transfer-Encoding: chunked\r\n", "x\r\n"),
      post("Transfer-Encoding: chunked\r\n", "\r\n"),
      post("Transfer-Encoding: chunked\r\n", "-1\r\n"),
      post("Transfer-Encoding: chunked\r\n", "0x1\r\n"),
      post("Transfer-Encoding: chunked\r\n", "1 \r\nx\r\n"),
      post("Transfer-Encoding: chunked\r\n", "1\nx\r\n"),
      post("Transfer-Encoding: chunked\r\n", "1\r\nxy\r\n"),
      post("Transfer-Encoding: chunked\r\n", "1;\x01\r\nx\r\n"),
      post("Transfer-Encoding: chunked\r\n", "10000000000000000\r\n"),
      post("Transfer-Encoding: chunked\r\n", "0\r\nno field\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\n", "0\r\n folded: x\r\n\r\n"),
  };
  for (const auto& text : malformed) {
    for (const std::size_t piece : {std::string::npos, std::size_t{1}}) {
      const auto parsed = parse(text, piece);
      ASSERT_TRUE(parsed.problem) << text;
      EXPECT_EQ(parsed.problem->reason, Reason::malformed_request) << text;
      EXPECT_FALSE(parsed.is_complete) << text;
    }
  }
}

TEST(RequestParser, KnowsOneCodingAndOneExpectation) {
  for (const auto* coding : {"gzip", "gzip, chunked", "chunked, gzip", "identity", "chunked;q=1", "xchunked"}) {
    const auto parsed = parse(post("Transfer-Encoding: " + std::string(coding) + "\r\n", ""));
    EXPECT_EQ(parsed.problem->reason, Reason::unsupported_transfer_coding) << coding;
  }
  EXPECT_EQ(parse(get("Expect: 200-ok\r\n")).problem->reason, Reason::unsupported_expectation);
  EXPECT_EQ(parse(get("Expect: 100-continue\r\nExpect: x\r\n")).problem->reason, Reason::unsupported_expectation);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nExpect: 200-ok\r\n\r\n").problem) << "1.0 knows none";
}

TEST(RequestParser, ReadsWhatItMayAndNotMore) {
  const auto reason = [](const std::string& text) {
    const auto parsed = parse(text, 1000);
    return parsed.problem ? std::optional(parsed.problem->reason) : std::nullopt;
  };
  const std::string large(70'000, 'x');
  EXPECT_EQ(reason("GET /" + large), Reason::header_too_large);
  EXPECT_EQ(reason(get("X: " + large)), Reason::header_too_large);
  EXPECT_EQ(reason(get(large + ": x\r\n")), Reason::header_too_large);
  std::string fields;
  for (std::size_t i = 0; i <= RequestParser::kMostFields; ++i) fields += "a:\r\n";
  EXPECT_EQ(reason(get(fields)), Reason::header_too_large);
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(reason(post(chunked, "1;" + large)), Reason::header_too_large);
  EXPECT_EQ(reason(post(chunked, large)), Reason::header_too_large);
  EXPECT_EQ(reason(post(chunked, "0\r\nX: " + large)), Reason::header_too_large);
  EXPECT_EQ(reason(post(chunked, "0\r\n" + large + ": x")), Reason::header_too_large);
  std::string extensions;
  for (int i = 0; i < 100; ++i) extensions += "1;" + std::string(300, 'e') + "\r\nx\r\n";
  EXPECT_EQ(reason(post(chunked, extensions)), Reason::header_too_large) << "all of them together";
  EXPECT_EQ(reason(post("Content-Length: 1001\r\n", "")), Reason::body_too_large);
  EXPECT_EQ(reason(post(chunked, "3e9\r\n")), Reason::body_too_large);
  EXPECT_EQ(reason(post(chunked, "3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\n")), Reason::body_too_large);
  std::string small;
  for (std::uint64_t i = 0; i < kMostBody; ++i) small += "1\r\nx\r\n";
  EXPECT_EQ(reason(post(chunked, small + "0\r\n\r\n")), std::nullopt) << "without extensions, however many";
}

}  // namespace
}  // namespace taskwire::edge
