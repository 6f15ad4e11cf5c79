package content

import (
	"math"
	"slices"
)

// Outcome says what became of optimism.
type Outcome string

// The outcomes of an optimistic statement.
const (
	OutcomeKept         Outcome = "KEPT"         // an agreement was signed or a ceasefire took effect
	OutcomeSetBack      Outcome = "SET_BACK"     // a rejection, a stall, a suspension, a collapse or the end of a ceasefire
	OutcomeOpen         Outcome = "OPEN"         // nothing decisive has followed
	OutcomeUndetermined Outcome = "UNDETERMINED" // dates and sequence do not determine which came first
)

// Values returns the values of the enumeration.
func (Outcome) Values() []string { return []string{"KEPT", "SET_BACK", "OPEN", "UNDETERMINED"} }

// Optimistic are the outlooks of the statements whose outcome is counted.
func Optimistic() []string { return []string{"OPTIMISTIC", "CAUTIOUSLY_OPTIMISTIC"} }

// Decisive returns the event kinds that decide the outcome of an optimistic statement: kept confirms it, setBack refutes it.
func Decisive() (kept, setBack []string) {
	return []string{"AGREEMENT_SIGNED", "CEASEFIRE_IN_EFFECT"},
		[]string{"REJECTION", "TALKS_STALLED", "TALKS_SUSPENDED", "TALKS_COLLAPSED", "CEASEFIRE_ENDED"}
}

// Moment is when an event was, as timelines sort it.
type Moment struct {
	// Earliest and Latest are the sort keys of its date.
	Earliest, Latest int64
	// Sequence is the editor's order among events that dates do not separate; nil where none is given.
	Sequence *int64
}

// undated reports whether there is no date.
func (m Moment) undated() bool { return m.Earliest == math.MaxInt64 }

// separated reports whether dates or sequence show that o came after m, o being the later in order.
func (m Moment) separated(o Moment) bool {
	if o.Earliest > m.Latest && !o.undated() {
		return true
	}
	return m.Sequence != nil && o.Sequence != nil && *o.Sequence > *m.Sequence
}

// Days is a number of days of which the bounds are known, inclusive.
type Days struct {
	Min, Max int64
}

const secondsADay = 24 * 60 * 60

// days returns how many days o came after m; nil where either has no date or an open one.
func (m Moment) days(o Moment) *Days {
	for _, bound := range []int64{m.Earliest, m.Latest, o.Earliest, o.Latest} {
		if bound == math.MinInt64 || bound == math.MaxInt64 {
			return nil
		}
	}
	day := func(seconds int64) int64 { return int64(math.Floor(float64(seconds) / secondsADay)) }
	return &Days{Min: max(0, day(o.Earliest)-day(m.Latest)), Max: max(0, day(o.Latest)-day(m.Earliest))}
}

// FollowUp is what followed an optimistic statement.
type FollowUp struct {
	// Event is the decisive event; its key is 0 where none has followed.
	Event   Ref
	Outcome Outcome
	// Days are those between the two; nil where they cannot be known or the outcome is open or undetermined.
	Days *Days
}

// Follow says what became of a statement: next is the next decisive event in the order of the timeline, of a kind, or nil.
func Follow(statement Moment, event Ref, next *Moment, kind string) FollowUp {
	if next == nil {
		return FollowUp{Outcome: OutcomeOpen}
	}
	f := FollowUp{Event: event, Outcome: OutcomeUndetermined}
	if !statement.separated(*next) {
		return f
	}
	kept, _ := Decisive()
	f.Outcome = OutcomeSetBack
	if slices.Contains(kept, kind) {
		f.Outcome = OutcomeKept
	}
	f.Days = statement.days(*next)
	return f
}

// TrackRecord counts what became of the optimistic statements of a talk.
type TrackRecord struct {
	Optimistic, Kept, SetBack, Open, Undetermined int
	// MedianDays holds the medians of the bounds of days until the outcome; nil where no number is known.
	MedianDays *Days
}

// NewTrackRecord counts the outcomes.
func NewTrackRecord(list []FollowUp) TrackRecord {
	r := TrackRecord{Optimistic: len(list)}
	var least, most []int64
	for _, f := range list {
		switch f.Outcome {
		case OutcomeKept:
			r.Kept++
		case OutcomeSetBack:
			r.SetBack++
		case OutcomeOpen:
			r.Open++
		case OutcomeUndetermined:
			r.Undetermined++
		}
		if f.Days != nil {
			least, most = append(least, f.Days.Min), append(most, f.Days.Max)
		}
	}
	if len(least) > 0 {
		r.MedianDays = &Days{Min: median(least), Max: median(most)}
	}
	return r
}

// median returns the middle number, the lower of the two middle ones of an even count.
func median(list []int64) int64 {
	slices.Sort(list)
	return list[(len(list)-1)/2]
}
