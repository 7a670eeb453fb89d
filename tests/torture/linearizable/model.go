package main

import "github.com/anishathalye/porcupine"

// event is one of a channel's log.
type event struct {
	seq  int64
	data string
}

// publish is a call that appends; what it answers are the sequences, none where the answer never came.
type publish struct {
	datas []string
}

// read is a call that answers what follows `after`, at most `limit` events.
type read struct {
	after int64
	limit int
}

// model is a log: a publication gets sequences above all before it, and a read answers exactly what is there by then.
var model = porcupine.Model{
	Init: func() interface{} { return []event(nil) },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		log := state.([]event)
		switch call := input.(type) {
		case publish:
			return appendTo(log, call.datas, output.([]int64))
		case read:
			return follows(log, call, output.([]event)), state
		}
		return false, state
	},
	Equal: func(a, b interface{}) bool {
		one, other := a.([]event), b.([]event)
		if len(one) != len(other) {
			return false
		}
		for i := range one {
			if one[i] != other[i] {
				return false
			}
		}
		return true
	},
}

func appendTo(log []event, datas []string, sequences []int64) (bool, interface{}) {
	longer := append([]event(nil), log...)
	for i, data := range datas {
		if len(longer) > 0 && sequences[i] <= longer[len(longer)-1].seq {
			return false, log
		}
		longer = append(longer, event{sequences[i], data})
	}
	return true, longer
}

func follows(log []event, call read, answer []event) bool {
	var expected []event
	for _, one := range log {
		if one.seq > call.after && len(expected) < call.limit {
			expected = append(expected, one)
		}
	}
	if len(expected) != len(answer) {
		return false
	}
	for i := range answer {
		if answer[i] != expected[i] {
			return false
		}
	}
	return true
}
