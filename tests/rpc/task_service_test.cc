#include <gtest/gtest.h>

#include "rpc/watch.h"

namespace taskwire::rpc {
namespace {

class TaskServiceTest : public ServerTest {
 protected:
  using Stub = v1::TaskService::Stub;

  using ServerTest::start;
  std::string start(const v1::StartTaskRequest& request) {
    v1::StartTaskResponse response;
    return shown(call(*tasks, &Stub::StartTask, request, &response));
  }
  static v1::StartTaskRequest request() {
    v1::StartTaskRequest request;
    request.set_user_id("alice");
    return request;
  }
  /// Calls a command and answers its status.
  template <class Request, class Response>
  std::string command(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const std::string& id, v1::Task* task = nullptr) {
    Request request;
    request.set_user_id("alice");
    request.set_task_id(id);
    Response response;
    const auto status = call(*tasks, method, request, &response);
    if (task != nullptr) *task = response.task();
    return shown(status);
  }
  void wait_for(const std::string& id, v1::TaskState state) { ASSERT_TRUE(reaches("alice", id, state)); }
};

TEST_F(TaskServiceTest, StartsShowsListsCancelsRetriesAndDeletes) {
  const auto id = start_task("alice", "simulate");
  wait_for(id, v1::TASK_STATE_RUNNING);
  v1::Task task;
  EXPECT_EQ(command(&Stub::GetTask, id, &task), "OK");
  EXPECT_EQ(task.name(), "simulate");
  EXPECT_EQ(task.params().fields().at("steps").number_value(), 100);
  EXPECT_EQ(command(&Stub::CancelTask, id, &task), "OK");
  EXPECT_EQ(task.state(), v1::TASK_STATE_CANCELLING);
  wait_for(id, v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(command(&Stub::RetryTask, id, &task), "OK");
  EXPECT_EQ(task.attempt(), 2);
  wait_for(id, v1::TASK_STATE_RUNNING);
  EXPECT_EQ(command(&Stub::CancelTask, id), "OK");
  wait_for(id, v1::TASK_STATE_CANCELLED);
  v1::ListTasksRequest list;
  list.set_user_id("alice");
  v1::ListTasksResponse listed;
  EXPECT_TRUE(call(*tasks, &Stub::ListTasks, list, &listed).ok());
  EXPECT_EQ(listed.tasks_size(), 1);
  EXPECT_EQ(command(&Stub::DeleteTask, id, &task), "OK");
  EXPECT_EQ(task.state(), v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(command(&Stub::GetTask, id), "NOT_FOUND TASK_NOT_FOUND");
}

TEST_F(TaskServiceTest, AnswersAllOfATask) {
  auto full = request();
  full.set_type("countdown");
  full.set_name("Data Processing");
  (*full.mutable_params()->mutable_fields())["from"].set_number_value(1);
  (*full.mutable_params()->mutable_fields())["intervalMs"].set_number_value(0);
  full.set_request_id("key");
  v1::StartTaskResponse started;
  ASSERT_TRUE(call(*tasks, &Stub::StartTask, full, &started).ok());
  const auto& id = started.task().task_id();
  EXPECT_EQ(started.task().state(), v1::TASK_STATE_QUEUED);
  ASSERT_TRUE(reaches("alice", id, v1::TASK_STATE_SUCCEEDED));
  v1::StartTaskResponse again;
  ASSERT_TRUE(call(*tasks, &Stub::StartTask, full, &again).ok());
  EXPECT_EQ(again.task().task_id(), id);
  EXPECT_EQ(again.task().state(), v1::TASK_STATE_SUCCEEDED);

  v1::Task task;
  EXPECT_EQ(command(&Stub::GetTask, id, &task), "OK");
  EXPECT_EQ(task.user_id(), "alice");
  EXPECT_EQ(task.type(), "countdown");
  EXPECT_EQ(task.name(), "Data Processing");
  EXPECT_EQ(task.params().fields().at("from").number_value(), 1);
  EXPECT_EQ(task.result().fields().at("Name").string_value(), "Victor");
  EXPECT_EQ(task.progress().percent(), 100);
  EXPECT_EQ(task.progress().unit(), "steps");
  EXPECT_EQ(task.attempt(), 1);
  EXPECT_TRUE(task.has_create_time() && task.has_start_time() && task.has_end_time() && task.has_update_time());
  EXPECT_FALSE(task.has_error());
  EXPECT_TRUE(parse_cursor(task.cursor()));
}

TEST_F(TaskServiceTest, ListsByStateFromPageToPageWithoutParamsAndResults) {
  const auto first = run_task("alice", "countdown");
  const auto second = run_task("alice", "attempts");
  run_task("bob", "countdown");
  const auto running = start_task("alice", "simulate");
  v1::ListTasksRequest list;
  list.set_user_id("alice");
  list.add_states(v1::TASK_STATE_SUCCEEDED);
  list.set_page_size(1);
  std::string ids;
  do {
    v1::ListTasksResponse page;
    ASSERT_TRUE(call(*tasks, &Stub::ListTasks, list, &page).ok());
    EXPECT_TRUE(parse_cursor(page.as_of()));
    for (const auto& task : page.tasks()) {
      ids += task.task_id() + " ";
      EXPECT_FALSE(task.has_params() || task.has_result());
    }
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty() && ids.size() < 100);
  EXPECT_EQ(ids, second + " " + first + " ");
  end_task("alice", running);
}

TEST_F(TaskServiceTest, SaysThatATaskWasDeleted) {
  const auto id = run_task("alice", "countdown");
  const auto before = publish("channels/x");
  v1::Task task;
  EXPECT_EQ(command(&Stub::DeleteTask, id, &task), "OK");
  EXPECT_EQ(task.state(), v1::TASK_STATE_SUCCEEDED);
  EXPECT_TRUE(task.has_params() && task.has_result());
  v1::WatchRequest request;
  request.add_topics("tasks/alice");
  request.set_cursor(before);
  Watch watch(*events, request);
  EXPECT_TRUE(watch.next().has_start());
  const auto event = watch.next().batch().events(0);
  EXPECT_EQ(event.type(), "taskDeleted");
  EXPECT_EQ(event.task_deleted().task_id(), id);
  EXPECT_EQ(event.task_deleted().user_id(), "alice");
  EXPECT_EQ(command(&Stub::DeleteTask, id), "NOT_FOUND TASK_NOT_FOUND");
}

TEST_F(TaskServiceTest, FindsNoTaskOfAnotherUser) {
  const auto id = run_task("bob", "countdown");
  EXPECT_EQ(command(&Stub::GetTask, id), "NOT_FOUND TASK_NOT_FOUND");
  EXPECT_EQ(command(&Stub::CancelTask, id), "NOT_FOUND TASK_NOT_FOUND");
  EXPECT_EQ(command(&Stub::RetryTask, id), "NOT_FOUND TASK_NOT_FOUND");
  EXPECT_EQ(command(&Stub::DeleteTask, id), "NOT_FOUND TASK_NOT_FOUND");
}

TEST_F(TaskServiceTest, RefusesMoreThanMayWait) {
  stop();
  runner.workers = 1;
  scheduler.most_waiting = 1;
  start();
  const auto running = start_task("alice", "simulate");
  wait_for(running, v1::TASK_STATE_RUNNING);
  start_task("alice", "simulate");
  EXPECT_EQ(start(request()), "RESOURCE_EXHAUSTED QUEUE_FULL");
}

TEST_F(TaskServiceTest, RefusesWhatItCannotWriteDownInTime) {
  stop();
  limits.waiting_writes = 0;
  start();
  EXPECT_EQ(start(request()), "RESOURCE_EXHAUSTED TOO_MANY_APPENDS");
}

TEST_F(TaskServiceTest, RefusesWhatComesWhileItStops) {
  engine->log().stop();
  EXPECT_EQ(start(request()), "UNAVAILABLE SHUTTING_DOWN");
}

TEST_F(TaskServiceTest, ListsTheTypes) {
  v1::ListTaskTypesResponse response;
  EXPECT_TRUE(call(*tasks, &Stub::ListTaskTypes, {}, &response).ok());
  ASSERT_EQ(response.types_size(), 5);
  EXPECT_EQ(response.types(4).type(), "simulate");
  EXPECT_TRUE(response.types(4).params_schema().fields().contains("properties"));
}

TEST_F(TaskServiceTest, RefusesAStartWithTheReasonOfEachMistake) {
  auto wrong = request();
  wrong.set_user_id("");
  EXPECT_EQ(start(wrong), "INVALID_ARGUMENT INVALID_USER_ID");
  wrong = request();
  wrong.set_name("a\nb");
  EXPECT_EQ(start(wrong), "INVALID_ARGUMENT INVALID_NAME");
  wrong = request();
  wrong.set_type("nonsense");
  EXPECT_EQ(start(wrong), "INVALID_ARGUMENT UNKNOWN_TASK_TYPE");
  wrong = request();
  (*wrong.mutable_params()->mutable_fields())["stepz"].set_number_value(1);
  EXPECT_EQ(start(wrong), "INVALID_ARGUMENT INVALID_PARAMS");
  wrong = request();
  wrong.set_request_id("a b");
  EXPECT_EQ(start(wrong), "INVALID_ARGUMENT INVALID_REQUEST_ID");
  wrong.set_request_id("key");
  EXPECT_EQ(start(wrong), "OK");
  wrong.set_name("other");
  EXPECT_EQ(start(wrong), "INVALID_ARGUMENT IDEMPOTENCY_KEY_REUSED");
}

TEST_F(TaskServiceTest, RefusesCommandsWithTheReasonOfEachMistake) {
  EXPECT_EQ(command(&Stub::GetTask, "aaaaaaaaaaaa"), "NOT_FOUND TASK_NOT_FOUND");
  EXPECT_EQ(command(&Stub::CancelTask, "aaaaaaaaaaaa"), "NOT_FOUND TASK_NOT_FOUND");
  EXPECT_EQ(command(&Stub::RetryTask, "aaaaaaaaaaaa"), "NOT_FOUND TASK_NOT_FOUND");
  EXPECT_EQ(command(&Stub::DeleteTask, "aaaaaaaaaaaa"), "NOT_FOUND TASK_NOT_FOUND");
  const auto id = start_task("alice", "simulate");
  EXPECT_EQ(command(&Stub::DeleteTask, id), "FAILED_PRECONDITION TASK_NOT_ENDED");
  EXPECT_EQ(command(&Stub::RetryTask, id), "FAILED_PRECONDITION TASK_NOT_RETRYABLE");
  EXPECT_EQ(command(&Stub::CancelTask, id), "OK");
  wait_for(id, v1::TASK_STATE_CANCELLED);
  EXPECT_EQ(command(&Stub::CancelTask, id), "FAILED_PRECONDITION TASK_ENDED");
}

TEST_F(TaskServiceTest, RefusesAListWithTheReasonOfEachMistake) {
  const auto list = [&](const std::string& user, int size, const std::string& token) {
    v1::ListTasksRequest request;
    request.set_user_id(user);
    request.set_page_size(size);
    request.set_page_token(token);
    v1::ListTasksResponse response;
    return shown(call(*tasks, &Stub::ListTasks, request, &response));
  };
  EXPECT_EQ(list("", 0, ""), "INVALID_ARGUMENT INVALID_USER_ID");
  EXPECT_EQ(list("alice", -1, ""), "INVALID_ARGUMENT INVALID_PAGE_SIZE");
  EXPECT_EQ(list("alice", 0, "x"), "INVALID_ARGUMENT INVALID_PAGE_TOKEN");
}

}  // namespace
}  // namespace taskwire::rpc
