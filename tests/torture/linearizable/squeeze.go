package main

import "strings"

const kept = 25_000 // ms: messages are gone by then, and nothing more is trimmed for them

// squeeze knows when the oldest of a channel may have been trimmed for the size of the store.
type squeeze struct {
	open         map[string]string // bulky publications that are not answered yet: their topic
	last         int64             // when the last one was answered
	lastMessages int64             // the last one of messages, for which channels are trimmed as long as they are kept
}

func (s *squeeze) ask(one line) { s.open[one.Key] = one.Topic }

func (s *squeeze) answer(one line) {
	if one.Status != 202 {
		return
	}
	s.last = time10(one.At)
	if strings.HasPrefix(s.open[one.Key], "messages/") {
		s.lastMessages = s.last
	}
	delete(s.open, one.Key)
}

// mayReach tells of a channel whose first publication was sent at `begin`, up to `at`.
func (s *squeeze) mayReach(begin, at int64) bool {
	return len(s.open) > 0 || s.last >= begin || at-time10(kept) < s.lastMessages
}
