// Package lru is a cache that keeps the most recently used values within a size.
package lru

import (
	"container/list"
	"sync"
)

// Cache keeps values by key and drops the least recently used ones once their weights add up to more than its
// size. It is safe for use by many goroutines.
type Cache[K comparable, V any] struct {
	mu   sync.Mutex
	size int64
	used int64
	at   map[K]*list.Element
	all  *list.List // of *entry[K, V], the one used last in front
}

type entry[K comparable, V any] struct {
	key    K
	value  V
	weight int64
}

// New returns an empty cache of that size, in whatever unit weights are given.
func New[K comparable, V any](size int64) *Cache[K, V] {
	return &Cache[K, V]{size: size, at: map[K]*list.Element{}, all: list.New()}
}

// Get returns the value of a key, and whether there is one.
func (c *Cache[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[key]; e != nil {
		c.all.MoveToFront(e)
		return entryOf[K, V](e).value, true
	}
	var none V
	return none, false
}

// Put keeps a value in place of the one that its key had. A value that is heavier than the whole cache is not kept.
func (c *Cache[K, V]) Put(key K, value V, weight int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[key]; e != nil {
		c.drop(e)
	}
	c.put(key, value, weight)
}

// put keeps a value under a key that has none.
func (c *Cache[K, V]) put(key K, value V, weight int64) {
	if weight > c.size {
		return
	}
	c.at[key] = c.all.PushFront(&entry[K, V]{key, value, weight})
	c.used += weight
	for c.used > c.size {
		c.drop(c.all.Back())
	}
}

// Keep returns the value of a key; where there is none, it stores the given one.
func (c *Cache[K, V]) Keep(key K, value V, weight int64) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[key]; e != nil {
		c.all.MoveToFront(e)
		return entryOf[K, V](e).value
	}
	c.put(key, value, weight)
	return value
}

// Used returns the weights of all that is kept.
func (c *Cache[K, V]) Used() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

func (c *Cache[K, V]) drop(e *list.Element) {
	old := entryOf[K, V](e)
	c.used -= old.weight
	delete(c.at, old.key)
	c.all.Remove(e)
}

func entryOf[K comparable, V any](e *list.Element) *entry[K, V] {
	return e.Value.(*entry[K, V]) //nolint:errcheck // nothing else is put in
}
