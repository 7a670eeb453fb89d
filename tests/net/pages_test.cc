#include "net/pages.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "support/deadline.h"

namespace taskwire::edge {
namespace {

/// An engine that answers when it is let.
class ScriptedEngine final : public v1::EventService::Service {
 public:
  grpc::Status ReadEvents(grpc::ServerContext* /*context*/, const v1::ReadEventsRequest* request,
                          v1::ReadEventsResponse* response) override {
    std::unique_lock lock(mutex_);
    asked_.push_back(request->after());
    may_answer_.wait(lock, [&] { return answers_; });
    if (!refusal_.empty()) return {grpc::StatusCode::INTERNAL, refusal_};
    response->set_head("e-1");
    response->set_through("e-1");
    return grpc::Status::OK;
  }
  void answer(const std::string& refusal = {}) {
    const std::scoped_lock lock(mutex_);
    refusal_ = refusal;
    answers_ = true;
    may_answer_.notify_all();
  }
  std::vector<std::string> asked() {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable may_answer_;
  std::vector<std::string> asked_;
  std::string refusal_;
  bool answers_ = false;
};

class PagesTest : public testing::Test {
 protected:
  PagesTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    server = builder.BuildAndStart();
    channel = std::make_unique<EngineChannel>("127.0.0.1:" + std::to_string(port));
    EXPECT_TRUE(channel->now()->channel->WaitForConnected(std::chrono::system_clock::now() + test::kPatience));
    client = std::make_unique<EngineClient>(*channel, 256);
    pages = std::make_unique<Pages>(*client);
  }
  ~PagesTest() override {
    service.answer();
    client->shutdown();
    server->Shutdown();
  }

  void ask(const std::string& after, const std::shared_ptr<void>& caller) {
    v1::ReadEventsRequest request;
    request.set_after(after);
    pages->request(request, io.get_executor(), caller, [this](const Result<PagePtr>& page) {
      ++answered;
      if (!page) failure = page.error();
    });
  }
  bool run_until(const std::function<bool()>& condition) {
    return test::eventually([&] {
      io.restart();
      io.poll();
      return condition();
    });
  }

  boost::asio::io_context io;
  ScriptedEngine service;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<EngineChannel> channel;
  std::unique_ptr<EngineClient> client;
  std::unique_ptr<Pages> pages;
  int answered = 0;
  std::optional<Problem> failure;
};

TEST_F(PagesTest, AsksNotForThoseWhoHaveGone) {
  const auto here = std::make_shared<int>();
  for (int i = 1; i <= 4; ++i) ask("e-" + std::to_string(i), here);
  ASSERT_TRUE(test::eventually([&] { return service.asked().size() == 4; }));
  auto goes = std::make_shared<int>();
  for (int i = 5; i <= 50; ++i) ask("e-" + std::to_string(i), goes);
  ask("e-50", here);  // shared: one of two waits on
  ask("e-51", here);
  goes.reset();
  service.answer();
  EXPECT_TRUE(run_until([&] { return answered == 6; })) << answered;
  auto asked = service.asked();
  ASSERT_EQ(asked.size(), 6U);
  std::sort(asked.begin() + 4, asked.end());
  EXPECT_EQ(asked[4], "e-50");
  EXPECT_EQ(asked[5], "e-51");
}

TEST_F(PagesTest, TellsWhatTheEngineCannotRead) {
  const auto here = std::make_shared<int>();
  service.answer("STORE_FAILED: the page is damaged");
  ask("e-1", here);
  EXPECT_TRUE(run_until([&] { return answered == 1; }));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reason, Reason::store_failed);
}

}  // namespace
}  // namespace taskwire::edge
