package content_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

func moment(t *testing.T, edtf string, sequence int64) content.Moment {
	t.Helper()
	var d content.FuzzyDate
	if edtf != "" {
		var err error
		if d, err = content.ParseEDTF(edtf); err != nil {
			t.Fatal(err)
		}
	}
	m := content.Moment{}
	m.Earliest, m.Latest = d.SortKeys()
	if sequence > 0 {
		m.Sequence = &sequence
	}
	return m
}

func TestFollow(t *testing.T) {
	event := content.Ref{Type: "Event", Key: 7}
	for _, c := range []struct {
		name           string
		statement      string
		at             int64
		next           string
		then           int64
		kind           string
		want           content.Outcome
		wantLow, wantN int64
	}{
		{"days known", "2024-01-01", 0, "2024-01-11", 0, "AGREEMENT_SIGNED", "KEPT", 10, 10},
		{"months", "2024-01", 0, "2024-03", 0, "TALKS_STALLED", "SET_BACK", 30, 90},
		{"overlap without sequence", "2024", 0, "2024-03", 0, "REJECTION", "UNDETERMINED", -1, -1},
		{"overlap with sequence", "2024", 1, "2024-03", 2, "REJECTION", "SET_BACK", 0, 90},
		{"the same sequence", "2024", 2, "2024", 2, "REJECTION", "UNDETERMINED", -1, -1},
		{"no dates, sequence", "", 1, "", 2, "TALKS_COLLAPSED", "SET_BACK", -1, -1},
		{"no dates", "", 0, "", 0, "TALKS_COLLAPSED", "UNDETERMINED", -1, -1},
		{"undated afterwards", "2024", 0, "", 0, "TALKS_COLLAPSED", "UNDETERMINED", -1, -1},
		{"before 1970", "1969-12-31", 0, "1970-01-02T01:00:00Z", 0, "CEASEFIRE_IN_EFFECT", "KEPT", 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			next := moment(t, c.next, c.then)
			want := content.FollowUp{Event: event, Outcome: c.want}
			if c.wantLow >= 0 {
				want.Days = &content.Days{Min: c.wantLow, Max: c.wantN}
			}
			if diff := cmp.Diff(want, content.Follow(moment(t, c.statement, c.at), event, &next, c.kind)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := content.Follow(moment(t, "2024", 0), content.Ref{}, nil, ""); got.Outcome != content.OutcomeOpen {
		t.Errorf("nothing followed, and the outcome is %s", got.Outcome)
	}
}

func TestTrackRecord(t *testing.T) {
	days := func(min, max int64) *content.Days { return &content.Days{Min: min, Max: max} }
	got := content.NewTrackRecord([]content.FollowUp{
		{Outcome: content.OutcomeKept, Days: days(9, 9)},
		{Outcome: content.OutcomeSetBack, Days: days(1, 20)},
		{Outcome: content.OutcomeSetBack, Days: days(3, 4)},
		{Outcome: content.OutcomeSetBack},
		{Outcome: content.OutcomeOpen},
		{Outcome: content.OutcomeUndetermined},
	})
	want := content.TrackRecord{Optimistic: 6, Kept: 1, SetBack: 3, Open: 1, Undetermined: 1, MedianDays: days(3, 9)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := content.NewTrackRecord(nil); got.MedianDays != nil {
		t.Errorf("a talk without statements has %v", got)
	}
}
