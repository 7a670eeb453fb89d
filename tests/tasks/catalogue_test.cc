#include "tasks/catalogue.h"

#include <gtest/gtest.h>

#include "engine/support/scripted_type.h"

namespace taskwire::engine {
namespace {

Catalogue make() {
  std::vector<std::unique_ptr<const TaskType>> types;
  for (const auto* const name : {"zebra", "ant"}) types.push_back(std::make_unique<ScriptedType>(name, nullptr));
  return Catalogue(std::move(types));
}

TEST(Catalogue, ListsItsTypesByNameWithTheirSchema) {
  const auto catalogue = make();
  const auto list = catalogue.list();
  ASSERT_EQ(list.types_size(), 3);
  EXPECT_EQ(list.types(0).type(), "ant");
  EXPECT_EQ(list.types(0).description(), "for tests");
  EXPECT_EQ(list.types(0).params_schema().fields().at("type").string_value(), "object");
  EXPECT_EQ(list.types(1).type(), "external");
  EXPECT_EQ(catalogue.find("zebra")->built_in->name(), "zebra");
  EXPECT_EQ(catalogue.find("nonsense"), nullptr);
}

TEST(Catalogue, NamesTheTypesThatThereAre) {
  EXPECT_EQ(make().check("nonsense", {}).error().message,
            "there is no type 'nonsense'; there are: ant, external, zebra");
}

TEST(Catalogue, KnowsWhatIsRegisteredUntilItIsRemoved) {
  auto catalogue = make();
  v1::RegisterTypeRequest type;
  type.set_type("resize");
  type.set_description("makes pictures small");
  type.set_max_running(7);
  type.mutable_retry()->set_attempts(3);
  type.mutable_retry()->set_backoff_ms(200);
  catalogue.put(type);
  EXPECT_EQ(catalogue.registered(), 1U);
  const auto known = catalogue.find("resize");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->built_in, nullptr);
  EXPECT_EQ(known->policy.max_running, 7U);
  EXPECT_EQ(known->policy.retry.attempts, 3);
  EXPECT_EQ(known->policy.retry.backoff.count(), 200);
  type.set_description("and smaller");
  catalogue.put(type);
  EXPECT_EQ(catalogue.registered(), 1U);
  EXPECT_EQ(catalogue.find("resize")->description, "and smaller");
  EXPECT_EQ(known->description, "makes pictures small") << "whoever has it keeps it as it was";
  const auto removed = catalogue.remove("resize");
  EXPECT_EQ(catalogue.check_known("resize").error().reason, Reason::unknown_task_type);
  catalogue.put_back("resize", removed);
  EXPECT_EQ(catalogue.find("resize"), removed);
  EXPECT_EQ(catalogue.registered(), 1U);
  catalogue.put_back("resize", known);
  EXPECT_EQ(catalogue.find("resize"), removed) << "there is one already";
  for (const auto* const name : {"resize", "zebra", "external", "nonsense"}) catalogue.remove(name);
  EXPECT_EQ(catalogue.registered(), 0U);
  EXPECT_EQ(catalogue.find("resize"), nullptr);
  EXPECT_NE(catalogue.find("zebra"), nullptr);
  EXPECT_NE(catalogue.find("external"), nullptr);
}

TEST(Catalogue, KeepsTheEnginesOwnTypes) {
  auto catalogue = make();
  for (const auto* const name : {"zebra", "external"}) {
    v1::RegisterTypeRequest type;
    type.set_type(name);
    EXPECT_FALSE(catalogue.put(type));
    EXPECT_NE(catalogue.find(name)->description, "");
  }
  EXPECT_EQ(catalogue.registered(), 0U);
}

TEST(Catalogue, NamesNoMoreTypesThanOneCanRead) {
  auto catalogue = make();
  for (int i = 0; i < 100; ++i) {
    v1::RegisterTypeRequest type;
    type.set_type("t" + std::to_string(i));
    catalogue.put(type);
  }
  const auto message = catalogue.check("nonsense", {}).error().message;
  EXPECT_LT(message.size(), 200U);
  EXPECT_NE(message.find("and others"), std::string::npos);
}

}  // namespace
}  // namespace taskwire::engine
