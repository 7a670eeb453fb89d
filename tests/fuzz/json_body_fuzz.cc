// A body is refused with a problem, or gives params that are written as valid JSON again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "http/json_body.h"
#include "http/json_members.h"
#include "http/start_body.h"
#include "http/task_json.h"
#include "http/work_request.h"
#include "text/json_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace taskwire::edge;
  const std::string body(reinterpret_cast<const char*>(data), size);
  // What another reader takes, ours takes too, unless it is too deep, has a key twice or a byte order mark. The other
  // one stops at a NUL.
  if (body.find('\0') == std::string::npos && nlohmann::json::accept(body)) {
    if (const auto valid = check_json(body); !valid) {
      const auto& detail = valid.error().detail;
      const auto has = [&](const char* word) { return detail.find(word) != std::string::npos; };
      if (!has("deep") && !has("twice") && !has("byte order mark")) std::abort();
    }
  }
  if (const auto ours = parse_json(body); ours && ours->dump() != nlohmann::json::parse(body).dump()) std::abort();
  const auto check = [](const auto& parsed) {
    if (!parsed && (parsed.error().status() != 400 || parsed.error().detail.empty())) std::abort();
  };
  check(parse_retry_body(body));
  check(parse_type_body(body));
  check(parse_claim_body(body));
  check(parse_report_body(body));
  check(parse_finish_body(body));
  const auto request = parse_start_body(body);
  check(request);
  if (!request) return 0;
  std::string params;
  taskwire::JsonWriter json(params);
  write_struct(json, request->params());
  if (!check_json(params)) std::abort();
  return 0;
}
