package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"
)

// startsCmd measures how long a server takes from its start to its first answer.
type startsCmd struct {
	DB     string `required:"" help:"Database made by bench/generate."`
	Parley string `required:"" help:"Program to measure."`
	Starts int    `default:"21" help:"How often it is started."`
}

// Run starts the server again and again, and prints the best time and the one in the middle.
func (c startsCmd) Run() error {
	body, err := json.Marshal(map[string]string{"query": `{ event(slug: "event-77") { title eventKind outlook basis } }`})
	if err != nil {
		return err
	}
	var took []time.Duration
	for range c.Starts {
		begun := time.Now() //nolint:forbidigo // a measurement
		s, err := startParley("parley", c.Parley, c.DB)
		if err != nil {
			return err
		}
		answer, err := s.ask(body)
		took = append(took, time.Since(begun))
		s.stop()
		if err != nil || !bytes.Contains(answer, []byte(`"data":{"event":{"title":`)) {
			return fmt.Errorf("it answers %.400s (%w)", answer, err)
		}
	}
	slices.Sort(took)
	_, err = fmt.Fprintf(os.Stdout, "First answer after exec: %.1f ms at best of %d, %.1f ms in the middle\n", ms(took[0]), len(took), ms(took[len(took)/2]))
	return err
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
