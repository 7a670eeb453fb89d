#pragma once

namespace taskwire {

/// Lets gRPC and protobuf say what they have to say in the log instead of on standard error, where they would wait for
/// who reads it. Callers bring about most of it, so that it is a warning once a minute at most, and else shows at level
/// debug. Call it once, after the log is there.
void take_library_logs();

}  // namespace taskwire
