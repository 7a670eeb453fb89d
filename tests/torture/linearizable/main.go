// Judges whether publishing to a channel and reading it were linearizable: whether each call can be taken as done at one moment between its beginning
// and its end. It reads the history of a run alone, and asks Porcupine.
//
//	taskwire-linearizable HISTORY
//
// Exit status: 0 linearizable, 1 not, 2 the history cannot be read, 3 it says nothing of that: no channel could be judged.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/anishathalye/porcupine"
)

const patience = 30 * time.Second // for one channel

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "taskwire-linearizable HISTORY")
		os.Exit(2)
	}
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	defer file.Close()
	channels, err := readHistory(bufio.NewReader(file))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	var names []string
	for name := range channels {
		names = append(names, name)
	}
	sort.Strings(names)
	calls, unknown, bad := 0, 0, 0
	for _, name := range names {
		operations := channels[name]
		calls += len(operations)
		switch porcupine.CheckOperationsTimeout(model, operations, patience) {
		case porcupine.Illegal:
			bad++
			fmt.Printf("    %s is not linearizable: %d calls\n", name, len(operations))
		case porcupine.Unknown:
			unknown++
			fmt.Printf("    %s could not be judged within %v: %d calls\n", name, patience, len(operations))
		}
	}
	if bad > 0 {
		fmt.Printf("Linearizable: BROKEN, in %d of %d channels\n", bad, len(names))
		os.Exit(1)
	}
	if unknown == len(names) {
		fmt.Printf("Linearizable: NOT JUDGED, in any of %d channels with %d calls\n", len(names), calls)
		os.Exit(3)
	}
	fmt.Printf("Linearizable: holds, in %d channels with %d calls", len(names)-unknown, calls)
	if unknown > 0 {
		fmt.Printf("; %d not judged", unknown)
	}
	fmt.Println()
}
