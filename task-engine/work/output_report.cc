#include "work/output_report.h"

#include <utility>

#include "base/text.h"
#include "output/output_fold.h"

namespace taskwire::engine {
namespace {

constexpr int kMostPieces = 256;
constexpr std::int64_t kMostOffset = std::int64_t{1} << 53;  // exact as JSON

}  // namespace

Result<void> check_output(const Outputs& outputs) {
  if (outputs.size() > kMostPieces)
    return refuse(Reason::invalid_output, "a report has at most 256 pieces of output, not " +
                                              std::to_string(outputs.size()) + "; send the rest with the next one");
  for (const auto& output : outputs) {
    if (!output.has_offset())
      return refuse(Reason::invalid_output,
                    "a piece of output lacks its offset: how many bytes were reported before it");
    if (output.offset() < 0 || output.offset() > kMostOffset)
      return refuse(Reason::invalid_output, "an offset is 0 to 2^53, not " + std::to_string(output.offset()));
    if (!v1::OutputStream_IsValid(output.stream()))
      return refuse(Reason::invalid_output, "output is of stream stdout or stderr");
    if (!is_utf8(output.text()))
      return refuse(Reason::invalid_output, "output is UTF-8; put U+FFFD in place of what is not");
  }
  return {};
}

Result<NewOutput> fold_output(Transaction& transaction, const AttemptId& attempt, const Outputs& outputs,
                              const OutputLimits& limits) {
  if (outputs.empty()) return NewOutput();
  auto run = transaction.output_run(attempt.task_id, attempt.number);
  OutputFold fold;
  if (run) {
    auto before = OutputFold::of(*run);
    if (!before)
      return refuse(Reason::store_failed,
                    "how the output stands is not what was written; check the log with taskwire-engine check");
    fold = std::move(*before);
  } else {
    run.emplace().attempt = attempt.number;
  }
  const auto first = run->next;
  for (const auto& output : outputs) {
    if (output.offset() > run->next)
      return refuse(Reason::output_gap, "the output goes on at " + std::to_string(run->next) + ", and not at " +
                                            std::to_string(output.offset()) + "; report what lies between");
    const auto known = static_cast<std::size_t>(run->next - output.offset());
    if (known >= output.text().size()) continue;
    fold.take(output.stream(), std::string_view(output.text()).substr(known));
    run->next = output.offset() + static_cast<std::int64_t>(output.text().size());
  }
  NewOutput output;
  output.is_any = run->next > first;
  output.pieces = fold.pieces(*run, limits.first);
  output.run = std::move(*run);
  return output;
}

void put_output(Transaction& transaction, const AttemptId& attempt, const NewOutput& output,
                const OutputLimits& limits) {
  if (output.is_any) transaction.put_output(attempt.task_id, output.run, output.pieces, limits);
}

}  // namespace taskwire::engine
