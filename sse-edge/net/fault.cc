#include "net/fault.h"

#include "process/tally.h"

namespace taskwire::edge {

void note_fault(const std::exception_ptr& error) {
  static Tally faults("edge: a fault ended what was under way");
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& fault) {
    faults.count(fault.what());
  } catch (...) {
    faults.count("unknown");
  }
}

}  // namespace taskwire::edge
