#include "tasks/task_list.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <string>
#include <vector>

#include "engine/support/test_log.h"

namespace taskwire::engine {
namespace {

class TaskListTest : public testing::Test {
 protected:
  v1::ListTasksResponse list(int page_size = 0, const std::string& page_token = "",
                             const std::vector<v1::TaskState>& states = {}) {
    v1::ListTasksRequest request;
    request.set_user_id("alice");
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    for (const auto state : states) request.add_states(state);
    auto response = list_tasks(**log.store->read(), request);
    EXPECT_TRUE(response) << response.error().message;
    return *response;
  }
  std::string ids(const v1::ListTasksResponse& response) {
    std::string ids;
    for (const auto& task : response.tasks()) ids += task.task_id() + " ";
    return ids;
  }
  std::string refused(const std::string& user, int page_size, const std::string& token) {
    v1::ListTasksRequest request;
    request.set_user_id(user);
    request.set_page_size(page_size);
    request.set_page_token(token);
    const auto response = list_tasks(**log.store->read(), request);
    return response ? "none" : response.error().name();
  }

  TestLog log;
};

TEST_F(TaskListTest, ShowsAUsersTasksNewestFirst) {
  log.update("alice", "t1");
  log.update("bob", "t2");
  log.update("alice", "t3");
  log.update("alice", "t1");
  const auto response = list();
  EXPECT_EQ(ids(response), "t3 t1 ");
  EXPECT_EQ(response.next_page_token(), "");
  EXPECT_EQ(response.as_of(), log.cursor(4));
  EXPECT_EQ(response.tasks(1).cursor(), log.cursor(4));
}

TEST_F(TaskListTest, GoesOnFromPageToPageWhateverHappensBetween) {
  for (int i = 1; i <= 5; ++i) log.update("alice", "t" + std::to_string(i));
  const auto first = list(2);
  EXPECT_EQ(ids(first), "t5 t4 ");
  log.update("alice", "t6");
  log.update("alice", "t3");
  log.remove("alice", "t4");
  const auto second = list(2, first.next_page_token());
  EXPECT_EQ(ids(second), "t3 t2 ");
  const auto third = list(2, second.next_page_token());
  EXPECT_EQ(ids(third), "t1 ");
  EXPECT_EQ(third.next_page_token(), "");
}

TEST_F(TaskListTest, AnswersTokensOfWhichNobodyCanMakeAnother) {
  for (int i = 0; i < 3; ++i) log.update("alice", "t" + std::to_string(i));
  const auto token = list(1).next_page_token();
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(list(1, token).tasks_size(), 1);
  for (const auto& other : {std::string("2"), "02" + token.substr(2), token + "0", token.substr(0, 16), '-' + token})
    EXPECT_EQ(refused("alice", 0, other), "INVALID_PAGE_TOKEN") << other;
}

TEST_F(TaskListTest, FiltersByState) {
  log.update("alice", "t1", v1::TASK_STATE_QUEUED);
  log.update("alice", "t2", v1::TASK_STATE_FAILED);
  log.update("alice", "t3", v1::TASK_STATE_RUNNING);
  EXPECT_EQ(ids(list(0, "", {v1::TASK_STATE_QUEUED, v1::TASK_STATE_RUNNING})), "t3 t1 ");
  EXPECT_EQ(ids(list(0, "", {v1::TASK_STATE_SUCCEEDED})), "");
  for (const int state : {0, 77}) {
    v1::ListTasksRequest request;
    request.set_user_id("alice");
    request.add_states(static_cast<v1::TaskState>(state));
    const auto response = list_tasks(**log.store->read(), request);
    ASSERT_FALSE(response) << state;
    EXPECT_EQ(response.error().reason, Reason::invalid_status);
  }
}

TEST_F(TaskListTest, EndsAPageBeforeItBecomesTooLargeToSend) {
  log.commit([](Transaction& transaction) {
    for (int i = 0; i < 600; ++i) {
      v1::Task task;
      task.set_task_id("t" + std::to_string(i));
      task.set_user_id("alice");
      task.mutable_progress()->set_message(std::string(4096, 'x'));
      transaction.put_task(task);
    }
  });
  const auto first = list(1000);
  EXPECT_LT(first.ByteSizeLong(), std::size_t{3} << 20);
  const auto second = list(1000, first.next_page_token());
  EXPECT_EQ(first.tasks_size() + second.tasks_size(), 600);
}

TEST_F(TaskListTest, RefusesRequestsThatSayNothingSensible) {
  EXPECT_EQ(refused("a/b", 0, ""), "INVALID_USER_ID");
  EXPECT_EQ(refused("alice", -1, ""), "INVALID_PAGE_SIZE");
  for (const auto* const token : {"x", "0", "-1", "1x", "99999999999999999999"})
    EXPECT_EQ(refused("alice", 0, token), "INVALID_PAGE_TOKEN") << token;
  EXPECT_EQ(refused("alice", 5000, ""), "none");
}

/// What SQLite is asked for on all connections that are opened while it lives.
class AskedStatements {
 public:
  AskedStatements() {
    statements().clear();
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&observe));
  }
  ~AskedStatements() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&observe)); }
  AskedStatements(const AskedStatements&) = delete;
  AskedStatements& operator=(const AskedStatements&) = delete;
  static std::vector<std::string>& statements() {
    static std::vector<std::string> statements;
    return statements;
  }

 private:
  static int observe(sqlite3* database, char**, const void*) {
    return sqlite3_trace_v2(
        database, SQLITE_TRACE_STMT,
        [](unsigned, void*, void* statement, void*) {
          statements().emplace_back(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
          return 0;
        },
        nullptr);
  }
};

/// How SQLite does what it is asked for, a line for each table.
std::vector<std::string> plan_of(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::vector<std::string> lines;
  EXPECT_EQ(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_prepare_v2(database, ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &statement, nullptr), SQLITE_OK);
  while (sqlite3_step(statement) == SQLITE_ROW)
    lines.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3)));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return lines;
}

/// A page costs what is on it, however many tasks others have: everything is found, and nothing is sorted.
TEST_F(TaskListTest, LooksForAUsersTasksByIndicesAlone) {
  for (int i = 0; i < 50; ++i) log.update(i % 2 == 0 ? "alice" : "bob", "t" + std::to_string(i));
  log.log.reset();
  log.failing.reset();
  log.store.reset();
  const AskedStatements asked;
  log.open();
  AskedStatements::statements().clear();
  EXPECT_EQ(list(10).tasks_size(), 10);
  const auto statements = AskedStatements::statements();
  int looked_at = 0;
  for (const auto& sql : statements) {
    for (const auto& line : plan_of(log.dir / "taskwire.db", sql)) {
      const bool is_of_meta = line.find("meta") != std::string::npos;  // one row
      EXPECT_TRUE(is_of_meta || line.find("SCAN") == std::string::npos) << sql << ": " << line;
      EXPECT_EQ(line.find("B-TREE"), std::string::npos) << sql << ": " << line;
      looked_at += line.find("task_newest") != std::string::npos ? 1 : 0;
    }
  }
  EXPECT_EQ(looked_at, 1);
}

}  // namespace
}  // namespace taskwire::engine
