package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/anishathalye/porcupine"
)

// kept short by the run itself: each is written to and read for a few seconds only.
const prefix = "channels/window-"

// line is what is needed of a line of the history.
type line struct {
	At      float64
	What    string
	By      string
	Key     string
	Read    int
	Topic   string
	Datas   []string
	Status  int
	ID      string
	IDs     []string
	After   string
	Limit   int
	Seconds float64 // that a clock jumped
	Who     string
	IsBulk  bool // so large that others are trimmed for it
	Limits  struct{ PerTopic int }
	Events  []struct{ ID, Data string }
}

// span is a time.
type span struct{ from, to int64 }

type ask struct {
	topic     string
	datas     []string
	at        int64
	answered  int64
	sequences []int64
}

func time10(at float64) int64 { return int64(at * 10) }

func sequenceOf(id string) (int64, error) {
	return strconv.ParseInt(id[strings.LastIndexByte(id, '-')+1:], 10, 64)
}

// readHistory answers the calls of each channel that is judged.
func readHistory(in *bufio.Reader) (map[string][]porcupine.Operation, error) {
	asks := map[string]*ask{}
	sent := map[string]int64{}   // read: when
	begins := map[string]int64{} // channel: its first publication
	lasts := map[string]int64{}  // channel: its last call
	left := map[string]bool{}    // channels that are not judged
	seen := map[string]int64{}   // data: its sequence
	channels := map[string][]porcupine.Operation{}
	var order []*ask
	events := map[string]int{} // channel: how many were published
	perTopic := math.MaxInt
	lastJump := int64(math.MinInt64)
	copied := int64(-1) // when a copy was made that took the log's place
	var lost []span     // in which what was published may be lost with it
	trims := squeeze{open: map[string]string{}, last: math.MinInt64, lastMessages: math.MinInt64}
	for number := 1; ; number++ {
		text, err := in.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		var one line
		if err := json.Unmarshal(text, &one); err != nil {
			return nil, fmt.Errorf("line %d is no line of a history: %v", number, err)
		}
		switch {
		case one.What == "run" && one.Limits.PerTopic > 0:
			perTopic = one.Limits.PerTopic
		case one.What == "fault" && one.Seconds > 0:
			lastJump = time10(one.At)
		case one.What == "ask" && one.IsBulk:
			trims.ask(one)
		case one.What == "answer" && trims.open[one.Key] != "":
			trims.answer(one)
		case one.What == "backup":
			copied = time10(one.At)
		case one.What == "started" && one.Who == "engine" && copied >= 0:
			lost = append(lost, span{copied, time10(one.At)})
			copied = -1
		case one.What == "ask" && strings.HasPrefix(one.Topic, prefix):
			asks[one.Key] = &ask{topic: one.Topic, datas: one.Datas, at: time10(one.At), answered: math.MaxInt64}
			order = append(order, asks[one.Key])
			events[one.Topic] += len(one.Datas)
			lasts[one.Topic] = time10(one.At)
			if _, known := begins[one.Topic]; !known {
				begins[one.Topic] = time10(one.At)
			}
		case one.What == "answer" && one.Status == 202 && asks[one.Key] != nil:
			answered := asks[one.Key]
			answered.answered = time10(one.At)
			lasts[answered.topic] = answered.answered
			if one.IDs == nil {
				one.IDs = []string{one.ID}
			}
			for _, id := range one.IDs {
				seq, err := sequenceOf(id)
				if err != nil {
					return nil, fmt.Errorf("line %d: %v", number, err)
				}
				answered.sequences = append(answered.sequences, seq)
			}
		case one.What == "send" && one.Read > 0:
			sent[one.By+strconv.Itoa(one.Read)] = time10(one.At)
		case one.What == "page" && one.Status == 200 && strings.HasPrefix(one.Topic, prefix):
			call := read{limit: one.Limit}
			lasts[one.Topic] = time10(one.At)
			if one.After != "" {
				if call.after, err = sequenceOf(one.After); err != nil {
					return nil, fmt.Errorf("line %d: %v", number, err)
				}
			} else if begin, known := begins[one.Topic]; known && (lastJump >= begin || trims.mayReach(begin, time10(one.At))) {
				continue // from the oldest that is kept, and some may have been trimmed
			}
			var answer []event
			for _, got := range one.Events {
				seq, err := sequenceOf(got.ID)
				if err != nil {
					return nil, fmt.Errorf("line %d: %v", number, err)
				}
				seen[got.Data] = seq
				answer = append(answer, event{seq, got.Data})
			}
			channels[one.Topic] = append(channels[one.Topic], porcupine.Operation{
				Input: call, Call: sent[one.By+strconv.Itoa(one.Read)], Output: answer, Return: time10(one.At)})
		}
	}
	for name, begin := range begins {
		// What was read or answered before may be gone after it.
		for _, gone := range lost {
			if begin <= gone.to && lasts[name] >= gone.from {
				delete(channels, name)
				left[name] = true
			}
		}
	}
	for name, calls := range channels {
		if events[name] > perTopic {
			channels[name] = withoutOldest(calls)
		}
	}
	for _, one := range order {
		if left[one.topic] {
			continue
		}
		if one.sequences == nil {
			// Its outcome is not known: if somebody read it, it took place; if nobody did, it may not have.
			for _, data := range one.datas {
				if seq, known := seen[data]; known {
					one.sequences = append(one.sequences, seq)
				}
			}
			if len(one.sequences) < len(one.datas) {
				continue
			}
		}
		channels[one.topic] = append(channels[one.topic], porcupine.Operation{
			Input: publish{one.datas}, Call: one.at, Output: one.sequences, Return: one.answered})
	}
	return channels, nil
}

// withoutOldest leaves out reads from the oldest that is kept: some may have been trimmed before it.
func withoutOldest(calls []porcupine.Operation) []porcupine.Operation {
	var rest []porcupine.Operation
	for _, call := range calls {
		if call.Input.(read).after > 0 {
			rest = append(rest, call)
		}
	}
	return rest
}
