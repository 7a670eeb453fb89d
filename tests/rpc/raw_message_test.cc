#include "rpc/raw_message.h"

#include <gtest/gtest.h>

#include "taskwire/v1/task_service.pb.h"

namespace taskwire::rpc {
namespace {

grpc::ByteBuffer bytes_of(const std::string& text) {
  const grpc::Slice slice(text);
  return {&slice, 1};
}

engine::Result<v1::GetTaskRequest> parse(const grpc::ByteBuffer& bytes, std::size_t most = kMostRequestBytes) {
  v1::GetTaskRequest request;
  return parse_message(bytes, request, most).map([&] { return request; });
}

TEST(RawMessage, ComesBackAsItWas) {
  v1::GetTaskRequest request;
  request.set_user_id("alice");
  const auto bytes = to_bytes(request);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(parse(bytes)->user_id(), "alice") << "and again";
  EXPECT_TRUE(parse(to_bytes(v1::GetTaskRequest{})));
}

TEST(RawMessage, IsRefusedWhereItIsNone) {
  for (const auto* const text : {"\xff\xff",
                                 "\x0a\x05"
                                 "a",
                                 "\x0a\x02\xc3("}) {
    const auto refused = parse(bytes_of(text));
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().reason, Reason::malformed_message);
    EXPECT_NE(refused.error().message.find("taskwire.v1.GetTaskRequest"), std::string::npos) << refused.error().message;
  }
}

TEST(RawMessage, IsRefusedWhereItIsTooLarge) {
  v1::GetTaskRequest request;
  request.set_user_id(std::string(100, 'x'));
  EXPECT_TRUE(parse(to_bytes(request), 102));
  EXPECT_EQ(parse(to_bytes(request), 101).error().reason, Reason::payload_too_large);
}

}  // namespace
}  // namespace taskwire::rpc
