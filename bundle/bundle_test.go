package bundle_test

import (
	"testing"
	"testing/fstest"

	"parley/bundle"
)

func TestAllProblemsAtOnce(t *testing.T) {
	_, err := bundle.Load(fstest.MapFS{"talks/a.yaml": {Data: []byte(`- slug: a
  titel: A
  startedOn: 2024-13
  parent: nowhere
  talkStatus: LOST
`)}})
	const want = `talks/a.yaml:1:3: the field "title" is missing
talks/a.yaml:2:3: unknown field "titel"; did you mean title?
talks/a.yaml:3:14: "2024-13" has no such month or season: write 01 to 12, XX, or 21 to 24 (spring to winter) without a day
talks/a.yaml:4:11: there is no talk/nowhere in this bundle
talks/a.yaml:5:15: talkStatus cannot be "LOST": it is one of PLANNED, ONGOING, PAUSED, STALLED, SUSPENDED, COLLAPSED, CONCLUDED_WITH_AGREEMENT, CONCLUDED_WITHOUT_AGREEMENT, UNKNOWN`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}
