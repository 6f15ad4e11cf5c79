package content_test

import (
	"fmt"
	"testing"

	"parley/content"
)

// TestCompleteLeavesBothItems completes a part of an item: neither the item nor the part is changed by it.
func TestCompleteLeavesBothItems(t *testing.T) {
	talk := content.TypeNamed("Talk")
	was := content.Item{Type: talk, Values: map[string]any{"title": "A", "talkStatus": "ONGOING", "translations": translations("fr EDITORIAL title=T", "ar EDITORIAL title=U")}}
	part := content.Item{Type: talk, Given: content.Given{"title": true, "translations": true}, Values: map[string]any{
		"title":        "B",
		"translations": []map[string]any{{"locale": "fr", "stale": true}, {"locale": "he", "text": []map[string]any{{"field": "title", "value": "H"}}}},
	}}
	had, gave := fmt.Sprint(was), fmt.Sprint(part)
	got := content.Complete(was, part)
	if fmt.Sprint(was) != had || fmt.Sprint(part) != gave {
		t.Errorf("completing changed the items:\n%v, it was\n%s\n%v, it was\n%s", was, had, part, gave)
	}
	if got.Values["title"] != "B" || got.Values["talkStatus"] != "ONGOING" || got.Given != nil {
		t.Errorf("the item is %v", got)
	}
	stale, kinds := map[any]any{}, map[any]any{}
	list, _ := got.Values["translations"].([]map[string]any)
	for _, x := range list {
		stale[x["locale"]], kinds[x["locale"]] = x["stale"], x["translationKind"]
	}
	if len(list) != 3 || stale["fr"] != true || stale["ar"] != nil || kinds["he"] != "EDITORIAL" {
		t.Errorf("the translations are %v", list)
	}
}
