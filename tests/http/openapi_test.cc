#include "http/openapi.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "errors/reason.h"
#include "http/routes.h"

namespace taskwire::edge {
namespace {

using nlohmann::json;

json document() {
  return json::parse(openapi_response().content());
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return text;
}

TEST(Openapi, DescribesWhatIsServedAndNothingElse) {
  std::set<std::pair<std::string, std::string>> served;
  for (const auto& row : rows()) served.emplace(row.path, row.method);
  std::set<std::pair<std::string, std::string>> described;
  const json paths = document().at("paths");
  for (const auto& [path, item] : paths.items()) {
    for (const auto& [method, operation] : item.items()) described.emplace(path, upper_case(method));
  }
  EXPECT_EQ(described, served);
}

TEST(Openapi, ListsEveryReasonThatHttpTellsWithItsStatusAndMeaning) {
  std::map<std::string, std::string> told;
  for (const auto& reason : reasons()) {
    if (reason.http != 0)
      told[std::string(reason.name)] = std::to_string(reason.http) + ": " + std::string(reason.meaning);
  }
  const json schema = document().at("components").at("schemas").at("Reason");
  const auto described = schema.at("x-enumDescriptions").get<std::map<std::string, std::string>>();
  EXPECT_EQ(described, told);
  std::vector<std::string> names;
  for (const auto& [name, description] : described) names.push_back(name);
  EXPECT_THAT(schema.at("enum").get<std::vector<std::string>>(), testing::UnorderedElementsAreArray(names));
}

TEST(Openapi, CarriesTheVersion) {
  EXPECT_THAT(document().at("info").at("version").get<std::string>(),
              testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace taskwire::edge
