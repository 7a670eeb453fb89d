#include "rpc/server.h"

#include <filesystem>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <string_view>

#include "rpc/support.h"
#include "store/sqlite.h"
#include "support/http2.h"
#include "support/socket.h"

namespace taskwire::rpc {
namespace {

class ServerCallsTest : public ServerTest {
 protected:
  /// Waits for the next thing that was asked for; whether it went well.
  static bool wait(grpc::CompletionQueue& queue) {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  }
  /// Calls a method with bytes, for services that have no generated client here; the answer's bytes.
  std::string call_raw(const std::string& method, const std::string& request) {
    grpc::GenericStub stub(channel);
    Context context;
    grpc::CompletionQueue queue;
    const auto stream = stub.PrepareCall(&context, method, &queue);
    stream->StartCall(nullptr);
    EXPECT_TRUE(wait(queue));
    const grpc::Slice slice(request);
    stream->WriteLast(grpc::ByteBuffer(&slice, 1), {}, nullptr);
    EXPECT_TRUE(wait(queue));
    grpc::ByteBuffer answer;
    stream->Read(&answer, nullptr);
    std::string bytes;
    if (wait(queue)) {
      std::vector<grpc::Slice> slices;
      EXPECT_TRUE(answer.Dump(&slices).ok());
      for (const auto& part : slices) bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
    stream->Finish(&status, nullptr);
    wait(queue);
    return bytes;
  }
  /// The answer of a health check, as bytes.
  std::string health(const std::string& service) {
    return call_raw("/grpc.health.v1.Health/Check", string_field(1, service));
  }
  void change_store(const char* statement) const {
    (*engine::sqlite::Database::open(dir / "data/taskwire.db", engine::sqlite::Database::Access::read_write))
        ->script(statement);
  }
  /// A call of whose answer the engine may send no more than 64 KiB (RFC 9113, 6.9.2), and has to hold the rest.
  test::Socket call_and_never_read(const char* method, std::string_view request) {
    namespace http2 = test::http2;
    test::Socket socket(static_cast<std::uint16_t>(server->port()));
    socket.send(http2::greeting() + http2::frame(http2::headers, http2::kEndHeaders, 1, http2::call_block(method)) +
                http2::last_message(1, request));
    return socket;
  }
  static bool gets(test::Socket& socket, std::string_view text) {
    std::string got;
    while (got.find(text) == std::string::npos) {
      const auto some = socket.receive(65536, test::within());
      if (!some || some->empty()) return false;
      got += *some;
    }
    return true;
  }
  inline static const std::string kServing{0x08, 0x01};
  inline static const std::string kNotServing{0x08, 0x02};

  grpc::Status status;  ///< Of the last call_raw.
  /// A message whose field of this number is a string.
  static std::string string_field(int number, std::string_view text) {
    return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(text.size())}.append(text);
  }
};

TEST_F(ServerCallsTest, SaysThatItsServicesServe) {
  for (const auto* const service : {"", "taskwire.v1.TaskService", "taskwire.v1.EventService"})
    EXPECT_EQ(health(service), kServing) << service;
  EXPECT_EQ(health("nonsense"), "");
}

TEST_F(ServerCallsTest, SaysThatTasksAreNotServedWhileTheStoreTakesNoWrites) {
  const auto cursor = publish("channels/x");
  change_store("ALTER TABLE meta RENAME TO away");
  v1::PublishRequest request;
  request.set_topic("channels/x");
  v1::PublishResponse response;
  EXPECT_EQ(shown(call(*events, &v1::EventService::Stub::Publish, request, &response)), "UNAVAILABLE STORE_FAILED");
  EXPECT_EQ(health("taskwire.v1.TaskService"), kNotServing);
  EXPECT_EQ(health(""), kNotServing);
  EXPECT_EQ(health("taskwire.v1.EventService"), kServing);
  change_store("ALTER TABLE away RENAME TO meta");
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (health("taskwire.v1.TaskService") != kServing) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_EQ(health(""), kServing);
  EXPECT_EQ(parse_cursor(publish("channels/x"))->sequence, parse_cursor(cursor)->sequence + 1);
}

TEST_F(ServerCallsTest, SaysThatEventsAreNotServedWhereTheyCannotBeReadAndLetsWatchesGoOn) {
  publish("channels/x");
  Context context;
  v1::WatchRequest request;
  request.mutable_tail();
  const auto watch = events->Watch(&context, request);
  v1::WatchResponse message;
  ASSERT_TRUE(watch->Read(&message));
  ASSERT_TRUE(message.has_start());
  change_store("UPDATE event SET payload = x'ffff'");

  v1::ReadEventsResponse page;
  const auto refused = call(*events, &v1::EventService::Stub::ReadEvents, {}, &page);
  EXPECT_EQ(shown(refused), "UNAVAILABLE STORE_FAILED");
  EXPECT_NE(refused.error_message().find("event 1 is not what was written"), std::string::npos);
  EXPECT_EQ(health("taskwire.v1.EventService"), kNotServing);
  EXPECT_EQ(health(""), kNotServing);
  EXPECT_EQ(health("taskwire.v1.TaskService"), kServing);

  const auto cursor = publish("channels/x");
  ASSERT_TRUE(watch->Read(&message));
  ASSERT_TRUE(message.has_batch());
  EXPECT_EQ(message.batch().through(), cursor);
  context.TryCancel();
  (void)watch->Finish();
}

TEST_F(ServerCallsTest, SaysThatTasksAreNotServedWhereThoseThatWaitCannotBeRead) {
  stop();
  limits.tail.events = 2;
  start();
  const auto id = start_task("alice", "simulate");
  ASSERT_TRUE(reaches("alice", id, v1::TASK_STATE_RUNNING));
  change_store("UPDATE event SET payload = x'ffff'");
  v1::PublishBatchRequest batch;
  for (int i = 0; i < 100; ++i) batch.add_events()->set_topic("channels/x");
  v1::PublishBatchResponse appended;
  ASSERT_TRUE(call(*events, &v1::EventService::Stub::PublishBatch, batch, &appended).ok());
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (health("taskwire.v1.TaskService") != kNotServing) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  v1::StartTaskRequest request;
  request.set_user_id("bob");
  v1::StartTaskResponse response;
  EXPECT_EQ(shown(call(*tasks, &v1::TaskService::Stub::StartTask, request, &response)), "UNAVAILABLE STORE_FAILED");
}

TEST_F(ServerCallsTest, SaysThatTasksAreNotServedWhenTheStoresFilesAreGone) {
  publish("channels/x");
  const auto file = dir / "data/taskwire.db";
  std::filesystem::rename(file, dir / "away");
  v1::PublishRequest request;
  request.set_topic("channels/x");
  v1::PublishResponse response;
  const auto refused = call(*events, &v1::EventService::Stub::Publish, request, &response);
  EXPECT_EQ(shown(refused), "UNAVAILABLE STORE_FAILED");
  EXPECT_NE(refused.error_message().find("taskwire.db was removed"), std::string::npos) << refused.error_message();
  EXPECT_EQ(refused.error_message().find(dir.path()), std::string::npos) << "the folder is nobody's business";
  EXPECT_EQ(health("taskwire.v1.TaskService"), kNotServing);
  EXPECT_EQ(health(""), kNotServing);
  std::filesystem::rename(dir / "away", file);
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (health("taskwire.v1.TaskService") != kServing) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST_F(ServerCallsTest, ListsItsServicesByReflection) {
  const auto answer = call_raw("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", string_field(7, "*"));
  for (const auto* const service : {"taskwire.v1.TaskService", "taskwire.v1.EventService", "grpc.health.v1.Health",
                                    "grpc.reflection.v1alpha.ServerReflection"})
    EXPECT_NE(answer.find(service), std::string::npos) << service;
}

TEST_F(ServerCallsTest, DescribesAllThatItListsByReflection) {
  const auto* const method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const std::pair<const char*, const char*> symbols[] = {
      {"taskwire.v1.TaskService", "StartTask"}, {"taskwire.v1.EventService", "PublishBatch"},
      {"grpc.health.v1.Health", "Check"},       {"taskwire.v1.Task", "update_time"},
      {"google.protobuf.Struct", "fields"},
  };
  for (const auto& [symbol, part] : symbols)
    EXPECT_NE(call_raw(method, string_field(4, symbol)).find(part), std::string::npos) << symbol;
}

/// Every method of ours, with its message.
std::vector<std::pair<std::string, std::string>> methods() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto* const name : {"taskwire.v1.TaskService", "taskwire.v1.EventService", "taskwire.v1.WorkerService",
                                 "taskwire.v1.CommandService"}) {
    const auto* const service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      all.emplace_back(std::string("/") + name + "/" + service->method(i)->name(),
                       service->method(i)->input_type()->full_name());
    }
  }
  return all;
}

TEST_F(ServerCallsTest, RefusesWhatIsNoMessage) {
  ASSERT_EQ(methods().size(), 19U);
  for (const auto& [method, message] : methods()) {
    call_raw(method, "\xff\xff\xff");
    EXPECT_EQ(shown(status), "INVALID_ARGUMENT MALFORMED_MESSAGE") << method;
    EXPECT_NE(status.error_message().find(message), std::string::npos) << status.error_message();
  }
  call_raw("/taskwire.v1.TaskService/GetTask", string_field(1, "\xc3("));
  EXPECT_EQ(shown(status), "INVALID_ARGUMENT MALFORMED_MESSAGE") << "a string that is no UTF-8";
}

TEST_F(ServerCallsTest, RefusesARequestTooLarge) {
  v1::GetTaskRequest request;
  request.set_user_id(std::string(300'000, 'x'));
  v1::GetTaskResponse response;
  EXPECT_EQ(shown(call(*tasks, &v1::TaskService::Stub::GetTask, request, &response)),
            "RESOURCE_EXHAUSTED PAYLOAD_TOO_LARGE");
  request.set_user_id(std::string(5'000'000, 'x'));
  const auto refusal = call(*tasks, &v1::TaskService::Stub::GetTask, request, &response);
  EXPECT_EQ(refusal.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(refusal.error_message().find("4194304"), std::string::npos) << refusal.error_message();
}

TEST_F(ServerCallsTest, RefusesMetadataTooLarge) {
  Context context;
  context.AddMetadata("x-large", std::string(20'000, 'x'));
  v1::ListTaskTypesResponse response;
  const auto refusal = tasks->ListTaskTypes(&context, {}, &response);
  EXPECT_EQ(refusal.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << refusal.error_message();
}

TEST_F(ServerCallsTest, RefusesACallTooMany) {
  stop();
  server_settings.calls.calls = 0;
  start();
  v1::ListTaskTypesResponse response;
  EXPECT_EQ(shown(call(*tasks, &v1::TaskService::Stub::ListTaskTypes, {}, &response)),
            "RESOURCE_EXHAUSTED TOO_MANY_CALLS");
}

TEST_F(ServerCallsTest, RefusesAWatchTooManyAndServesOthersAfterwards) {
  stop();
  server_settings.calls.watches = 1;
  start();
  v1::WatchResponse message;
  Context first;
  const auto reader = events->Watch(&first, {});
  ASSERT_TRUE(reader->Read(&message));
  Context second;
  const auto refused = events->Watch(&second, {});
  EXPECT_FALSE(refused->Read(&message));
  EXPECT_EQ(shown(refused->Finish()), "RESOURCE_EXHAUSTED TOO_MANY_WATCHES");
  first.TryCancel();
  (void)reader->Finish();
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  for (bool is_served = false; !is_served;) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    Context again;
    is_served = events->Watch(&again, {})->Read(&message);
  }
}

TEST_F(ServerCallsTest, EndsAWatchThatIsNotReadWhereOthersWaitAndTellsItWhy) {
  stop();
  server_settings.pending_bytes = 100'000;
  start();
  constexpr int kEvents = 40;
  for (int i = 0; i < kEvents; ++i) publish("channels/x", std::string(60'000, 'x'));
  v1::WatchRequest request;
  request.mutable_tail()->set_events(kEvents);
  auto unread = call_and_never_read("/taskwire.v1.EventService/Watch", request.SerializeAsString());
  ASSERT_TRUE(unread.receive(1, test::within()));
  v1::WatchResponse message;
  Context context;
  const auto reader = events->Watch(&context, request);
  for (int seen = 0; seen < kEvents; seen += message.batch().events_size()) ASSERT_TRUE(reader->Read(&message));
  context.TryCancel();
  (void)reader->Finish();
  EXPECT_TRUE(gets(unread, "TOO_MANY_WATCHES: "));
}

TEST_F(ServerCallsTest, RefusesLargeAnswersWhileCallersDoNotTakeThoseTheyHaveAndEndsTheseCalls) {
  stop();
  server_settings.pending_bytes = 100'000;
  start();
  for (int i = 0; i < 4; ++i) publish("channels/x", std::string(60'000, 'x'));
  auto unread = call_and_never_read("/taskwire.v1.EventService/ReadEvents", "");
  const auto read = [&] {
    v1::ReadEventsResponse page;
    return shown(call(*events, &v1::EventService::Stub::ReadEvents, {}, &page));
  };
  const auto deadline = std::chrono::steady_clock::now() + kDeadline;
  while (read() != "RESOURCE_EXHAUSTED TOO_MANY_CALLS") ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  while (read() != "OK") ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_TRUE(gets(unread, "TOO_MANY_CALLS: "));
}

TEST_F(ServerCallsTest, TakesAnyAmountOnOneCallThatTakesItsMessages) {
  grpc::GenericStub stub(channel);
  Context context;
  grpc::CompletionQueue queue;
  const auto stream =
      stub.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  stream->StartCall(nullptr);
  ASSERT_TRUE(wait(queue));
  const std::string symbol(std::size_t{1} << 20, 'x');
  const grpc::Slice slice(std::string("\x22\x80\x80\x40", 4) + symbol);  // field 4, of 1 MiB
  for (int i = 0; i < 70; ++i) {
    stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    ASSERT_TRUE(wait(queue)) << i;
    grpc::ByteBuffer answer;
    stream->Read(&answer, nullptr);
    ASSERT_TRUE(wait(queue)) << i;
  }
  stream->WritesDone(nullptr);
  wait(queue);
  stream->Finish(&status, nullptr);
  wait(queue);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(ServerCallsTest, ClosesAConnectionOfNoCallsWhoseOtherEndIsGone) {
  stop();
  server_settings.keepalive_time = server_settings.keepalive_timeout = std::chrono::milliseconds(100);
  start();
  test::Socket gone(static_cast<std::uint16_t>(server->port()));  // answers nothing
  gone.send(test::http2::greeting());
  const auto deadline = test::within();
  for (std::string some = "?"; !some.empty();) {
    some = gone.receive(65536, deadline).value_or("?");
    ASSERT_LT(test::Clock::now(), deadline);
  }
  publish("channels/x");  // who answers stays
}

TEST_F(ServerCallsTest, ListensOnEachFamilyOfLocalhost) {
  const auto second = Server::listen("localhost:0", {}, *engine);
  ASSERT_TRUE(second) << second.error().message;
  for (const auto& address : (*second)->addresses()) {
    const auto there =
        v1::TaskService::NewStub(grpc::CreateChannel(to_string(address), grpc::InsecureChannelCredentials()));
    Context context;
    v1::ListTaskTypesResponse response;
    EXPECT_TRUE(there->ListTaskTypes(&context, {}, &response).ok()) << to_string(address);
  }
  (*second)->shut_down(std::chrono::seconds(5));
}

TEST_F(ServerCallsTest, RefusesAPortThatIsInUse) {
  const auto address = "127.0.0.1:" + std::to_string(server->port());
  const auto second = Server::listen(address, {}, *engine);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::cannot_start);
  EXPECT_NE(second.error().message.find(address), std::string::npos);
}

TEST_F(ServerCallsTest, EndsWithinItsPatienceWhateverItsReadersDo) {
  v1::WatchRequest request;
  request.mutable_tail()->set_events(100'000);
  for (int i = 0; i < 64; ++i) publish("channels/x", std::string(60'000, 'x'));
  Context context;
  const auto reader = events->Watch(&context, request);  // never reads what it is sent
  v1::WatchResponse first;
  ASSERT_TRUE(reader->Read(&first));
  const auto begin = std::chrono::steady_clock::now();
  server->shut_down(std::chrono::milliseconds(200));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  for (v1::WatchResponse message; reader->Read(&message);) {
  }
  EXPECT_FALSE(reader->Finish().ok());
}

TEST_F(ServerCallsTest, KeepsNothingOfReadersThatHaveGone) {
  for (int i = 0; i < 200; ++i) {
    Context context;
    const auto reader = events->Watch(&context, {});
    v1::WatchResponse first;
    ASSERT_TRUE(reader->Read(&first));
    context.TryCancel();
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
    if (i % 10 == 0) publish("channels/x");
  }
}

}  // namespace
}  // namespace taskwire::rpc
