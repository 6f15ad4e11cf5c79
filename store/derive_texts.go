package store

import (
	"context"
	"errors"
	"fmt"
	"math"

	"parley/internal/fold"
	"parley/internal/lru"
	"parley/internal/markdown"
)

// derivedForm is a form of a text that derived rows hold.
type derivedForm int8

const (
	unformatted derivedForm = iota // Markdown as its words alone
	folded                         // words as the search indexes hold them
	foldedName                     // a name as filters compare it
	sortKey                        // what a name sorts by in a language
	blanked                        // a text without the words of a redaction
)

// derivation asks for a form of a text.
type derivation struct {
	form derivedForm
	text string
	by   string // the language of a sort key, the words of a redaction
}

// Bounds of the texts that are derived while other writers wait, by their cost.
const (
	// shortText is the cost up to which a text is derived again rather than kept.
	shortText = 1 << 10
	// queuedTexts is what one job may derive in the write queue, and textsOfItem what each item that it writes adds: less than
	// the rest of the job takes.
	queuedTexts = 16 << 10
	textsOfItem = 4 << 10
	// keptTexts is how many bytes of derived texts a store keeps, and pinnedTexts how many are kept for one job. A job with more
	// derives the rest in the queue, which it has for seconds anyway.
	keptTexts   = 16 << 20
	pinnedTexts = 64 << 20
)

// cost estimates how long a derivation takes, in bytes that are folded.
func (x derivation) cost() int {
	switch {
	case x.form == sortKey: // a part of the name has a bounded length
		return 256
	case x.form == blanked: // the words are looked for with each sign that joins words in addresses, in three readings of the text
		return 15 * len(x.text)
	case x.form == unformatted && markdown.Plain(x.text):
		return 0
	case x.form == unformatted: // legal texts take up to a hundred times as long to render as plain words
		return 8 * len(x.text)
	default:
		return len(x.text)
	}
}

// make derives the text.
func (x derivation) make(keys *fold.Keyer) (string, error) {
	switch x.form {
	case unformatted:
		return markdown.Text(x.text)
	case folded:
		return fold.Spaced(x.text), nil
	case foldedName:
		return fold.Text(x.text), nil
	case sortKey:
		return keys.Key(x.by, x.text), nil
	default:
		return withoutWords(x.text, x.by), nil
	}
}

// errUnderivedTexts ends a job in the write queue that needs texts which are not derived yet. It is rolled back; its texts are
// derived outside the queue, and then it runs again.
var errUnderivedTexts = errors.New("texts are to be derived outside the write queue")

// derivedTexts derives texts for one job. Rendering and folding 100,000 characters takes up to 200 milliseconds, for which no other
// writer should wait. So in the write queue a job derives short texts alone. Where it lacks others it continues without them and is
// rolled back at its end; they are derived outside the queue, while others write, and the job runs again. What was derived is
// kept for the job, and within a bound for later jobs of the store.
type derivedTexts struct {
	keys    *fold.Keyer
	kept    *lru.Cache[derivation, string] // of the store
	made    map[derivation]string          // for the job; nil keeps nothing
	size    int                            // of what is made, in bytes
	left    int                            // of the cost that is derived at once
	queued  bool                           // whether it is in the write queue
	missing []func(*derivedTexts) error    // derive what the job lacks
	watch   func(derivation)               // is called for what is derived in the queue, by tests
}

// textsAtOnce derives any text at once, outside the write queue.
func (q *writeQueue) textsAtOnce() *derivedTexts {
	return &derivedTexts{keys: fold.NewKeyer(), kept: q.texts, left: math.MaxInt}
}

// textsOfJob derives the texts of a job.
func (q *writeQueue) textsOfJob() *derivedTexts {
	return &derivedTexts{kept: q.texts, made: map[derivation]string{}}
}

// enter begins a run of the job in the write queue.
func (d *derivedTexts) enter(q *writeQueue, bulk bool) {
	d.keys, d.left, d.missing, d.watch, d.queued = q.keys, queuedTexts, nil, q.watchTexts, true
	if bulk || d.size > pinnedTexts { // it has the queue for long
		d.left = math.MaxInt
	}
}

// leave ends a run of the job in the write queue.
func (d *derivedTexts) leave() {
	d.keys, d.left, d.watch, d.queued = fold.NewKeyer(), math.MaxInt, nil, false
}

// item allows for the texts of an item more.
func (d *derivedTexts) item() {
	if d.left < math.MaxInt-textsOfItem {
		d.left += textsOfItem
	}
}

// lacking reports whether the job lacks a text, so that its run is void.
func (d *derivedTexts) lacking() bool { return len(d.missing) > 0 }

// complete derives what the job lacks, outside the write queue.
func (d *derivedTexts) complete(ctx context.Context) error {
	for _, derive := range d.missing {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("wait to write: %w", err)
		}
		if d.size > pinnedTexts {
			break
		}
		if err := derive(d); err != nil {
			return err
		}
	}
	d.missing = nil
	return nil
}

// of returns a form of a text. Where the job lacks it, it returns an empty text and notes that.
func (d *derivedTexts) of(x derivation) (string, error) {
	if text, ok := d.made[x]; ok {
		return text, nil
	}
	cost := x.cost()
	if cost > shortText {
		if text, ok := d.kept.Get(x); ok {
			d.pin(x, text)
			return text, nil
		}
	}
	if cost > d.left {
		d.missing = append(d.missing, func(d *derivedTexts) error {
			_, err := d.of(x)
			return err
		})
		return "", nil
	}
	d.left -= cost
	if d.watch != nil {
		d.watch(x)
	}
	text, err := x.make(d.keys)
	if err != nil {
		return "", err
	}
	if cost > shortText {
		d.kept.Put(x, text, int64(len(x.text)+len(text)+256))
	}
	if cost > shortText || !d.queued {
		d.pin(x, text)
	}
	return text, nil
}

// words returns the words of a text as the search indexes hold them.
func (d *derivedTexts) words(text string) (string, error) {
	return d.of(derivation{form: folded, text: text})
}

// pin keeps a text for the job.
func (d *derivedTexts) pin(x derivation, text string) {
	if d.made != nil && d.size <= pinnedTexts {
		d.made[x] = text
		d.size += len(x.text) + len(text) + 256
	}
}

// whole derives texts by a function. Where the job lacks one of them, it says so, and the function runs again outside the queue.
func (d *derivedTexts) whole(derive func(*derivedTexts) error) (lacks bool, err error) {
	n := len(d.missing)
	err = derive(d)
	if lacks = len(d.missing) > n; lacks {
		d.missing = append(d.missing[:n], derive)
	}
	return lacks, err
}
