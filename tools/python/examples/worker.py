"""Counts words for whoever starts a task of the type `count-words`; SIGTERM ends it in order.

    python worker.py &
    curl localhost:8080/api/tasks/alice/start --json '{"type":"count-words","params":{"text":"to be or not to be"}}'
"""
import taskwire

worker = taskwire.Worker(parallel=4)


@worker.task("count-words", register={"params": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}})
def count_words(task):
    words = task.params["text"].split()
    counts = {}
    for done, word in enumerate(words, 1):
        counts[word] = counts.get(word, 0) + 1
        task.progress(done, len(words), "words")
    return {"counts": counts}


if __name__ == "__main__":
    worker.run()
