#include "tasks/schema_syntax.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tasks/json_schema.h"
#include "tasks/struct_json.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::array<std::string_view, 7> kTypes = {"string", "number", "integer", "boolean",
                                                    "array",  "object", "null"};

template <class Is>
bool are_all(const Value& list, Is is) {
  return list.has_list_value() && std::all_of(list.list_value().values().begin(), list.list_value().values().end(), is);
}
bool is_text(const Value& value) {
  return value.has_string_value();
}
bool is_number(const Value& value) {
  return value.has_number_value();
}
bool is_count(const Value& value) {
  return value.has_number_value() && value.number_value() >= 0 &&
         std::trunc(value.number_value()) == value.number_value();
}
bool is_type(const Value& value) {
  return is_text(value) && std::find(kTypes.begin(), kTypes.end(), value.string_value()) != kTypes.end();
}
bool is_type_or_types(const Value& value) {
  return is_type(value) || (are_all(value, is_type) && value.list_value().values_size() > 0);
}
bool are_texts(const Value& value) {
  return are_all(value, is_text);
}
bool are_choices(const Value& value) {
  return value.has_list_value() && value.list_value().values_size() > 0;
}
bool is_schema(const Value& value) {
  return value.has_struct_value();
}
bool is_schema_or_bool(const Value& value) {
  return value.has_struct_value() || value.has_bool_value();
}
bool are_schemas(const Value& value) {
  const auto& fields = value.struct_value().fields();
  return value.has_struct_value() &&
         std::all_of(fields.begin(), fields.end(), [](const auto& field) { return is_schema(field.second); });
}
bool is_any(const Value& /*value*/) {
  return true;
}

struct Keyword {
  std::string_view name;
  bool (*is_fine)(const Value&);
  std::string_view kind;  // what its value is
};

constexpr std::array kKeywords = {
    Keyword{"type", is_type_or_types,
            "one of string, number, integer, boolean, array, object and null, or a list of them"},
    Keyword{"properties", are_schemas, "an object whose members are schemas, each an object"},
    Keyword{"required", are_texts, "a list of names"},
    Keyword{"additionalProperties", is_schema_or_bool, "true, false or a schema"},
    Keyword{"enum", are_choices, "a list of at least one value"},
    Keyword{"const", is_any, ""},
    Keyword{"default", is_any, ""},
    Keyword{"title", is_text, "a string"},
    Keyword{"description", is_text, "a string"},
    Keyword{"minimum", is_number, "a number"},
    Keyword{"maximum", is_number, "a number"},
    Keyword{"minLength", is_count, "a whole number, not below 0"},
    Keyword{"maxLength", is_count, "a whole number, not below 0"},
    Keyword{"minItems", is_count, "a whole number, not below 0"},
    Keyword{"maxItems", is_count, "a whole number, not below 0"},
    Keyword{"items", is_schema, "a schema, an object"},
};

std::string keyword_names() {
  std::string names;
  for (const auto& keyword : kKeywords) names.append(names.empty() ? "" : ", ").append(keyword.name);
  return names;
}

tl::unexpected<Error> unsupported(std::string message) {
  return refuse(Reason::unsupported_schema, std::move(message));
}

Result<void> check_keywords(const Struct& schema, const std::string& path) {
  for (const auto& [name, value] : schema.fields()) {
    const auto* const keyword =
        std::find_if(kKeywords.begin(), kKeywords.end(),
                     [wanted = std::string_view(name)](const Keyword& k) { return k.name == wanted; });
    if (keyword == kKeywords.end())
      return unsupported(path_of(path, name) + " is not supported; the keywords are " + keyword_names());
    if (!keyword->is_fine(value)) return unsupported(path_of(path, name) + " must be " + std::string(keyword->kind));
  }
  return {};
}

/// The schemas that are parts of `schema`, whose keywords are fine, with their paths.
std::vector<std::pair<std::string, const Struct*>> parts_of(const Struct& schema, const std::string& path) {
  std::vector<std::pair<std::string, const Struct*>> parts;
  const auto add = [&](std::string at, const Value* part) {
    if (part != nullptr && part->has_struct_value()) parts.emplace_back(std::move(at), &part->struct_value());
  };
  if (const auto* const properties = find_field(schema, "properties")) {
    for (const auto& [name, property] : properties->struct_value().fields())
      add(path_of(path_of(path, "properties"), name), &property);
  }
  for (const auto* const keyword : {"additionalProperties", "items"})
    add(path_of(path, keyword), find_field(schema, keyword));
  return parts;
}

Result<void> check_part(const Struct& schema, const std::string& path, int depth, SchemaCheck& check) {
  if (depth > kMostSchemaDepth)
    return unsupported(path + " lies too deep: at most " + std::to_string(kMostSchemaDepth) +
                       " schemas are in each other");
  if (auto fine = check_keywords(schema, path); !fine) return fine;
  for (const auto& [at, part] : parts_of(schema, path)) {
    if (auto fine = check_part(*part, at, depth + 1, check); !fine) return fine;
  }
  const auto* const content = find_field(schema, "default");
  if (content == nullptr) return {};
  Value filled = *content;
  if (auto fits = check.fit(schema, path_of(path, "default"), filled); !fits) return unsupported(fits.error().message);
  return {};
}

bool may_be_object(const Struct& schema) {
  const auto* const type = find_field(schema, "type");
  if (type == nullptr || type->string_value() == "object") return true;
  const auto& names = type->list_value().values();
  return std::any_of(names.begin(), names.end(), [](const Value& name) { return name.string_value() == "object"; });
}

}  // namespace

Result<void> check_schema(const Struct& schema) {
  Value whole;
  *whole.mutable_struct_value() = schema;
  if (nesting(whole) > kMostSchemaNesting)
    return unsupported("params are nested too deep: at most " + std::to_string(kMostSchemaNesting) +
                       " objects and lists are in each other");
  if (!is_json(schema)) return unsupported("params hold something that JSON cannot carry; leave it out");
  if (const auto bytes = to_json(schema).size(); bytes > kMostSchemaBytes)
    return unsupported("params are a schema of at most 64 KiB as JSON, not of " + std::to_string(bytes) + " bytes");
  if (find_field(schema, "default") != nullptr)
    return unsupported("params.default has no meaning here; give each of the properties its own default");
  SchemaCheck check;
  if (auto fine = check_part(schema, "params", 1, check); !fine) return fine;
  if (!may_be_object(schema)) return unsupported("params.type must be object: params are always one");
  return {};
}

}  // namespace taskwire::engine
