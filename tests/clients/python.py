"""Prints `id type data` for each event of the stream at the URL given, followed by LaunchDarkly's SSE client."""
import sys

from ld_eventsource import SSEClient
from ld_eventsource.config import ErrorStrategy, RetryDelayStrategy

client = SSEClient(
    connect=sys.argv[1],
    initial_retry_delay=0.1,
    retry_delay_strategy=RetryDelayStrategy.default(max_delay=1),
    error_strategy=ErrorStrategy.always_continue(),
)
for event in client.events:
    print(event.last_event_id or "", event.event, event.data, flush=True)
