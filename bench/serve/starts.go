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

// Run starts the server again and again, and prints the best times and those in the middle: by the clock, and of processors.
func (c startsCmd) Run() error {
	body, err := json.Marshal(map[string]string{"query": `{ event(slug: "event-77") { title eventKind outlook basis } }`})
	if err != nil {
		return err
	}
	var took, ran []time.Duration
	for range c.Starts {
		begun := time.Now() //nolint:forbidigo // a measurement
		s, err := startParley("parley", c.Parley, c.DB)
		if err != nil {
			return err
		}
		answer, err := s.ask(body)
		took, ran = append(took, time.Since(begun)), append(ran, s.ran())
		s.stop()
		if err != nil || !bytes.Contains(answer, []byte(`"data":{"event":{"title":`)) {
			return fmt.Errorf("it answers %.400s (%w)", answer, err)
		}
	}
	slices.Sort(took)
	slices.Sort(ran)
	_, err = fmt.Fprintf(os.Stdout, "First answer after exec: %.1f ms at best of %d, %.1f ms in the middle; processors: %.1f ms, %.1f ms\n",
		ms(took[0]), len(took), ms(took[len(took)/2]), ms(ran[0]), ms(ran[len(ran)/2]))
	return err
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
