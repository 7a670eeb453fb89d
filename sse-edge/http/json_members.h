#pragma once

#include <algorithm>
#include <cstdint>
#include <google/protobuf/struct.pb.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "http/problem.h"

namespace taskwire::edge {

/// What `text` spells, to be kept as protobuf has it. INVALID_JSON, as read_json, nested at most 30 deep; INVALID_BODY
/// where it has what would arrive as something else: a whole number beyond ±2^53, a number beyond a double, half of a
/// surrogate pair.
[[nodiscard]] Result<nlohmann::json> parse_json(const std::string& text);

/// `from`, which is an object, as protobuf has it. The order of keys is not kept.
void fill_struct(const nlohmann::json& from, google::protobuf::Struct& to);

/// The whole number that `value` is, also where it is written as 1e3.
[[nodiscard]] std::optional<std::int64_t> whole_number(const nlohmann::json& value);

/// INVALID_BODY: the member of that name is not `what`, as "a string".
[[nodiscard]] tl::unexpected<Problem> not_a(const std::string& name, std::string_view what);

// A member's value, into a request's field. INVALID_BODY where it is of another kind.
[[nodiscard]] Result<void> take_text(const nlohmann::json& value, const std::string& name, std::string& field);
[[nodiscard]] Result<void> take_whole(const nlohmann::json& value, const std::string& name, std::int64_t& field);
/// One that does not fit becomes the nearest that does: the engine refuses both.
[[nodiscard]] Result<std::int32_t> take_small(const nlohmann::json& value, const std::string& name);
[[nodiscard]] Result<bool> take_bool(const nlohmann::json& value, const std::string& name);
[[nodiscard]] Result<void> take_object(const nlohmann::json& value, const std::string& name,
                                       google::protobuf::Struct& field);

/// A member that an object may have, and what puts its value into a request; it is told the member's name with the path
/// to it.
template <class Request>
struct Member {
  std::string_view name;
  Result<void> (*take)(const nlohmann::json& value, const std::string& name, Request& request);
};

// The same, by the functions that the field has in its message: the `take` of a Member.
template <class Request, std::string* (Request::*field)()>
[[nodiscard]] Result<void> text_of(const nlohmann::json& value, const std::string& name, Request& request) {
  return take_text(value, name, *(request.*field)());
}
template <class Request, void (Request::*set)(std::int64_t)>
[[nodiscard]] Result<void> whole_of(const nlohmann::json& value, const std::string& name, Request& request) {
  std::int64_t number = 0;
  auto taken = take_whole(value, name, number);
  if (taken) (request.*set)(number);
  return taken;
}
template <class Request, void (Request::*set)(std::int32_t)>
[[nodiscard]] Result<void> small_of(const nlohmann::json& value, const std::string& name, Request& request) {
  return take_small(value, name).map([&](std::int32_t number) { (request.*set)(number); });
}
template <class Request, void (Request::*set)(bool)>
[[nodiscard]] Result<void> bool_of(const nlohmann::json& value, const std::string& name, Request& request) {
  return take_bool(value, name).map([&](bool yes) { (request.*set)(yes); });
}
template <class Request, google::protobuf::Struct* (Request::*field)()>
[[nodiscard]] Result<void> object_of(const nlohmann::json& value, const std::string& name, Request& request) {
  return take_object(value, name, *(request.*field)());
}

/// INVALID_BODY: there is no member of that name, which is not one of `known`, a list for people.
[[nodiscard]] tl::unexpected<Problem> unknown_member(const std::string& name, const std::string& known);
/// Adds the `index`th of `count` names to a list for people: "a, b and c".
void add_name(std::string& list, std::string_view name, std::size_t index, std::size_t count);

/// Puts all members of `object` into `request`. INVALID_BODY for one that is not `known`; what their `take` says.
/// `path` stands before their names: "progress.".
template <class Request>
[[nodiscard]] Result<void> take_members(const nlohmann::json& object,
                                        std::span<const Member<std::type_identity_t<Request>>> known, Request& request,
                                        const std::string& path = {}) {
  for (const auto& [name, value] : object.items()) {
    const auto member =
        std::find_if(known.begin(), known.end(), [&, wanted = name](const auto& one) { return one.name == wanted; });
    if (member == known.end()) {
      std::string names;
      for (std::size_t i = 0; i < known.size(); ++i)
        add_name(names, path + std::string(known[i].name), i, known.size());
      return unknown_member(path + name, names);
    }
    if (auto taken = member->take(value, path + name, request); !taken) return taken;
  }
  return {};
}

/// The request that a body, one object, spells; an empty one counts as `{}`. As parse_json and take_members;
/// INVALID_BODY where it is no object.
template <class Request>
[[nodiscard]] Result<Request> parse_members(const std::string& body, std::span<const Member<Request>> known) {
  Request request;
  if (body.empty()) return request;
  const auto document = parse_json(body);
  if (!document) return tl::unexpected(document.error());
  if (!document->is_object()) {
    std::string names;
    for (std::size_t i = 0; i < known.size(); ++i) add_name(names, known[i].name, i, known.size());
    return refuse(Reason::invalid_body, "The body is a JSON object with " + names + ".");
  }
  if (auto taken = take_members(*document, known, request); !taken) return tl::unexpected(taken.error());
  return request;
}

}  // namespace taskwire::edge
