#pragma once

#include <emscripten/val.h>
#include <functional>

#include "browser/js.h"

namespace taskwire::browser {

/// A C++ function that JavaScript can call with one argument: as listener, timer, or reaction to a promise. Once this
/// is gone, calling it does nothing. Not thread-safe.
class Callback {
 public:
  explicit Callback(std::function<void(val)> function);
  ~Callback();
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  [[nodiscard]] const val& function() const { return function_; }

 private:
  int number_;
  val function_;
};

}  // namespace taskwire::browser
