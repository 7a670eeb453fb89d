#include "browser/js.h"

namespace taskwire::browser {

val text(std::string_view utf8) {
  return val(std::string(utf8));
}

val get(const val& object, const char* property) {
  return object[property];
}

std::string get_text(const val& object, const char* property) {
  const val value = get(object, property);
  return value.isString() ? value.as<std::string>() : std::string();
}

void set(const val& object, const char* property, const val& value) {
  val(object).set(property, value);
}

void set(const val& object, const char* property, std::string_view value) {
  set(object, property, text(value));
}

void set_flag(const val& object, const char* property, bool value) {
  set(object, property, val(value));
}

val call(const val& object, const char* method) {
  return object.call<val>(method);
}

val call(const val& object, const char* method, const val& argument) {
  return object.call<val>(method, argument);
}

val call(const val& object, const char* method, const val& first, const val& second) {
  return object.call<val>(method, first, second);
}

val call(const val& object, const char* method, std::string_view argument) {
  return call(object, method, text(argument));
}

val call(const val& object, const char* method, std::string_view first, const val& second) {
  return call(object, method, text(first), second);
}

val global(const char* name) {
  return val::global(name);
}

val document() {
  return global("document");
}

std::string relative(std::string_view path) {
  return std::string(path.substr(1));
}

std::chrono::milliseconds ahead_of_utc() {
  return std::chrono::minutes(-call(global("Date").new_(), "getTimezoneOffset").as<int>());
}

}  // namespace taskwire::browser
