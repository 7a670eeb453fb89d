#include <gtest/gtest.h>

#include "rpc/support.h"

namespace taskwire::rpc {
namespace {

class TaskServiceTest : public ServerTest {
 protected:
  using Stub = v1::TaskService::Stub;

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
  /// Follows the task's events until it is in `state`.
  void wait_for(const std::string& id, v1::TaskState state) {
    v1::WatchRequest request;
    request.add_topics("tasks/alice");
    request.mutable_snapshot();
    Context context;
    const auto reader = events->Watch(&context, request);
    for (v1::WatchResponse message; reader->Read(&message);) {
      for (const auto& event : message.batch().events()) {
        if (event.task().task_id() != id || event.task().state() != state) continue;
        context.TryCancel();
        (void)reader->Finish();
        return;
      }
    }
    FAIL() << "the task did not come into the state";
  }
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

TEST_F(TaskServiceTest, ListsTheTypes) {
  v1::ListTaskTypesResponse response;
  EXPECT_TRUE(call(*tasks, &Stub::ListTaskTypes, {}, &response).ok());
  ASSERT_EQ(response.types_size(), 4);
  EXPECT_EQ(response.types(3).type(), "simulate");
  EXPECT_TRUE(response.types(3).params_schema().fields().contains("properties"));
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
