"""What schemathesis does not know by itself."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context, value):
    """The schema says "string" and cannot say which: a text becomes a line of JSON, anything else what is none."""
    return json.dumps(value).encode() + b"\n" if isinstance(value, str) else b"{"
