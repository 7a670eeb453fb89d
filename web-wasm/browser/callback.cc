#include "browser/callback.h"

#include <emscripten/bind.h>
#include <map>
#include <utility>

namespace taskwire::browser {
namespace {

struct Registry {
  std::map<int, std::function<void(val)>> functions;
  int count = 0;
};

Registry& registry() {
  static Registry registry;
  return registry;
}

// The one function that is exported: without dynamic execution, embind survives re-entry only where no parameter has a
// destructor of its own but val.
void dispatch(int number, val argument) {
  const auto found = registry().functions.find(number);
  if (found == registry().functions.end()) return;
  const auto function = found->second;  // it may unregister itself
  function(std::move(argument));
}

int add(std::function<void(val)> function) {
  const int number = ++registry().count;
  registry().functions.emplace(number, std::move(function));
  return number;
}

}  // namespace

Callback::Callback(std::function<void(val)> function)
    : number_(add(std::move(function))),
      function_(call(val::module_property("dispatch"), "bind", val::undefined(), val(number_))) {}

Callback::~Callback() {
  registry().functions.erase(number_);
}

}  // namespace taskwire::browser

EMSCRIPTEN_BINDINGS(taskwire) {
  emscripten::function("dispatch", &taskwire::browser::dispatch);
}
