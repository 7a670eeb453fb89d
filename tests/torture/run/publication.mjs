// A publication as a request: of the HTTP side, and of the engine itself. Under one key both mean the same.
const pathOf = (topic) => topic.replace(/^channels\//, '/publish/').replace(/^messages\//, '/api/messages/');
const typeOf = (type) => (type === 'message' ? '' : type);

export function httpCall({ key, topic, type, datas }) {
  return {
    method: 'POST',
    path: `${pathOf(topic)}${type === 'message' ? '' : `?event=${type}`}`,
    headers: { 'Content-Type': datas.length > 1 ? 'application/x-ndjson' : 'application/json', 'Idempotency-Key': key },
    body: datas.join('\n'),
  };
}

/** `topics`: that of each event, where they are not all of `topic`. */
export function grpcCall({ key, topic, topics, type, datas }) {
  const events = datas.map((data, i) => ({ topic: topics?.[i] ?? topic, type: typeOf(type), data }));
  if (events.length === 1) return { rpc: 'Publish', request: { ...events[0], request_id: key } };
  return { rpc: 'PublishBatch', request: { events, request_id: key } };
}
