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
  ASSERT_EQ(list.types_size(), 2);
  EXPECT_EQ(list.types(0).type(), "ant");
  EXPECT_EQ(list.types(0).description(), "for tests");
  EXPECT_EQ(list.types(0).params_schema().fields().at("type").string_value(), "object");
  EXPECT_EQ(catalogue.find("zebra")->name(), "zebra");
  EXPECT_EQ(catalogue.find("nonsense"), nullptr);
}

TEST(Catalogue, NamesTheTypesThatThereAre) {
  EXPECT_EQ(make().check("nonsense", {}).error().message, "there is no type 'nonsense'; there are: ant, zebra");
}

}  // namespace
}  // namespace taskwire::engine
