#include "http/work_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/task_json.h"

namespace taskwire::edge {
namespace {

using nlohmann::json;

v1::Lease lease() {
  v1::Lease made;
  made.set_lease("00112233445566778899aabbccddeeff");
  made.set_lease_ms(30000);
  made.mutable_expire_time()->set_seconds(1767349845);
  return made;
}

v1::Task task() {
  v1::Task made;
  made.set_task_id("k3v7qm2xw5ta");
  made.set_state(v1::TASK_STATE_RUNNING);
  made.set_worker("host-1");
  made.mutable_progress()->set_indeterminate(true);
  made.mutable_progress()->add_steps()->set_name("a");
  return made;
}

TEST(WorkJson, NamesWhatWasTaken) {
  EXPECT_EQ(claim_json({}), R"({"assignments":[]})");
  v1::ClaimResponse claimed;
  auto& assignment = *claimed.add_assignments();
  *assignment.mutable_lease() = lease();
  *assignment.mutable_task() = task();
  claimed.add_assignments();
  const auto said = json::parse(claim_json(claimed))["assignments"];
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0]["lease"], "00112233445566778899aabbccddeeff");
  EXPECT_EQ(said[0]["leaseMs"], 30000);
  EXPECT_EQ(said[0]["leaseExpiresAt"], "2026-01-02T10:30:45.000Z");
  EXPECT_EQ(said[0]["task"], json::parse(task_json(task())));
}

TEST(WorkJson, SaysHowLongALeaseLastsFromNow) {
  v1::ReportResponse reported;
  *reported.mutable_lease() = lease();
  EXPECT_EQ(report_json(reported),
            R"({"leaseMs":30000,"leaseExpiresAt":"2026-01-02T10:30:45.000Z","cancelRequested":false,"outputNext":0})");
  reported.set_cancel_requested(true);
  EXPECT_TRUE(json::parse(report_json(reported))["cancelRequested"]);
}

TEST(TaskJson, HasTheLeaseOfWorkThatTheCallerDoes) {
  const auto said = json::parse(task_json(task(), lease()));
  EXPECT_EQ(said["lease"], "00112233445566778899aabbccddeeff");
  EXPECT_EQ(said["leaseMs"], 30000);
  EXPECT_EQ(said["leaseExpiresAt"], "2026-01-02T10:30:45.000Z");
  const auto none = json::parse(task_json(task(), {}));
  for (const auto* const key : {"lease", "leaseMs", "leaseExpiresAt"}) EXPECT_FALSE(none.contains(key)) << key;
}

TEST(TaskJson, NamesTheWorkerInAnswersOnly) {
  EXPECT_EQ(json::parse(task_json(task()))["worker"], "host-1");
  v1::ListTasksResponse list;
  *list.add_tasks() = task();
  EXPECT_EQ(json::parse(task_list_json(list))["tasks"][0]["worker"], "host-1");
  v1::Event event;
  *event.mutable_task() = task();
  const auto update = json::parse(task_update_json(event));
  EXPECT_FALSE(update.contains("worker"));
  EXPECT_EQ(update["indeterminate"], true);
  EXPECT_EQ(update["steps"][0]["name"], "a");
  EXPECT_FALSE(update.contains("condition"));
}

TEST(TaskJson, SaysWhoDoesATypeAndWhatWaits) {
  v1::ListTaskTypesResponse types;
  auto& inside = *types.add_types();
  inside.set_type("simulate");
  inside.set_waiting(2);
  auto& outside = *types.add_types();
  outside.set_type("resize");
  outside.set_workers(0);
  const auto said = json::parse(task_types_json(types))["types"];
  EXPECT_FALSE(said[0].contains("workers"));
  EXPECT_EQ(said[0]["waiting"], 2);
  EXPECT_EQ(said[1]["workers"], 0);
  EXPECT_EQ(said[1]["waiting"], 0);
  EXPECT_EQ(json::parse(task_type_json(outside)), said[1]);
}

}  // namespace
}  // namespace taskwire::edge
