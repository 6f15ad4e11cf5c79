package lru

import "testing"

func TestCacheDropsWhatWasUsedLeast(t *testing.T) {
	c := New[string, int](10)
	c.Put("a", 1, 4)
	c.Put("b", 2, 4)
	if v, ok := c.Get("a"); !ok || v != 1 {
		t.Errorf("a is %d, %v", v, ok)
	}
	c.Put("c", 3, 4)
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, ok := c.Get(key); ok != want {
			t.Errorf("%s is kept: %v, want %v", key, ok, want)
		}
	}
	c.Put("c", 4, 1)
	c.Put("d", 5, 11)
	if v, ok := c.Get("c"); !ok || v != 4 || c.Used() != 5 {
		t.Errorf("c is %d, %v, and %d are used", v, ok, c.Used())
	}
	if _, ok := c.Get("d"); ok {
		t.Error("what is heavier than the cache is kept")
	}
	c.Put("e", 6, 10)
	if _, ok := c.Get("a"); ok || c.Used() != 10 {
		t.Errorf("%d are used of 10", c.Used())
	}
}
