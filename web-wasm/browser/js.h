#pragma once

#include <chrono>
#include <emscripten/val.h>
#include <string>
#include <string_view>

namespace taskwire::browser {

using emscripten::val;

// What is done with JavaScript values, as plain functions: emscripten::val's own templates would be compiled into each
// use.

/// A JavaScript string of UTF-8 text.
[[nodiscard]] val text(std::string_view utf8);

/// A property's value.
[[nodiscard]] val get(const val& object, const char* property);
/// The same as text; empty where it is no string.
[[nodiscard]] std::string get_text(const val& object, const char* property);

void set(const val& object, const char* property, const val& value);
void set(const val& object, const char* property, std::string_view value);
void set_flag(const val& object, const char* property, bool value);

/// Calls a method.
val call(const val& object, const char* method);
val call(const val& object, const char* method, const val& argument);
val call(const val& object, const char* method, const val& first, const val& second);
val call(const val& object, const char* method, std::string_view argument);
val call(const val& object, const char* method, std::string_view first, const val& second);

[[nodiscard]] val global(const char* name);
[[nodiscard]] val document();

/// A path of the edge, `/api/tasks/alice`, as the page has to ask for it: relative to itself, since a proxy may have
/// put both below a prefix that neither knows.
[[nodiscard]] std::string relative(std::string_view path);

/// How far this place is ahead of UTC.
[[nodiscard]] std::chrono::milliseconds ahead_of_utc();

}  // namespace taskwire::browser
