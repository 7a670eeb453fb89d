#include "taskwire/output_json.h"

#include <cstdint>

namespace taskwire::cli {

void write_output(JsonWriter& writer, const std::vector<OutputPiece>& pieces) {
  writer.key("output").begin_array();
  for (const auto& piece : pieces) {
    writer.begin_object()
        .member("offset", static_cast<std::int64_t>(piece.offset))
        .member("stream", piece.is_error ? "stderr" : "stdout")
        .member("text", piece.text)
        .end_object();
  }
  writer.end_array();
}

}  // namespace taskwire::cli
