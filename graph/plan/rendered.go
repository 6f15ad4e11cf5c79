package plan

import (
	"context"
	"sync"

	"parley/internal/lru"
	"parley/internal/markdown"
)

// RenderedBytes is the memory that rendered texts may take, in bytes.
const RenderedBytes = 16 << 20

// shortText is the length in bytes up to which finding out that a text is its own words takes less than finding what was rendered of it.
const shortText = 256

// RenderedTexts keeps what texts are rendered to, by the text: one that many items and answers mention is rendered once, as long as
// it is asked for.
type RenderedTexts struct {
	kept *lru.Cache[string, *renderedText]
}

// renderedText is a text with what was rendered of it, once that was asked for.
type renderedText struct {
	source      string
	mu          sync.Mutex
	html, words *string
}

// NewRenderedTexts returns a cache of so many bytes.
func NewRenderedTexts(size int64) *RenderedTexts {
	return &RenderedTexts{lru.New[string, *renderedText](size)}
}

// of returns a text that is rendered once for all who ask for it at the same time.
func (c *RenderedTexts) of(source string) *renderedText {
	if t, ok := c.kept.Get(source); ok {
		return t
	}
	t := &renderedText{source: source}
	return c.kept.Keep(source, t, t.weight())
}

// weight returns the memory that the text takes, in bytes. The caller owns it or has locked it.
func (t *renderedText) weight() int64 {
	n := 256 + len(t.source)
	for _, text := range []*string{t.html, t.words} {
		if text != nil {
			n += len(*text)
		}
	}
	return int64(n)
}

// render returns one form of a text, which the function makes unless it is there already. It is not begun once ctx has ended.
func (c *RenderedTexts) render(ctx context.Context, t *renderedText, form **string, with func(string) (string, error)) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if *form != nil {
		return **form, nil
	}
	if err := ctx.Err(); err != nil {
		return "", err //nolint:wrapcheck // the caller's own
	}
	text, err := with(t.source)
	if err != nil {
		return "", err
	}
	*form = &text
	c.kept.Put(t.source, t, t.weight())
	return text, nil
}

// Rendering renders the texts of one answer, each from what is kept of it, and counts them.
type Rendering struct {
	// Ctx is that of the operation: no text is rendered once it has ended.
	Ctx context.Context //nolint:containedctx // a rendering is made for one operation
	// Texts are the rendered ones, last the one that was written last.
	Texts *RenderedTexts
	last  *renderedText
	// Derived is how many texts were written that are rendered.
	Derived int
}

// rendered is a text as it was rendered so far. Mentions of one text follow each other mostly.
func (r *Rendering) rendered(source string) *renderedText {
	if r.last == nil || r.last.source != source {
		r.last = r.Texts.of(source)
	}
	return r.last
}

// HTML renders a text as HTML.
func (r *Rendering) HTML(source string) (string, error) {
	r.Derived++
	t := r.rendered(source)
	return r.Texts.render(r.Ctx, t, &t.html, markdown.HTML)
}

// Words renders a text as its words alone. Only a short text is looked at each time.
func (r *Rendering) Words(source string) (string, error) {
	r.Derived++
	if len(source) <= shortText && markdown.Plain(source) {
		return source, nil
	}
	t := r.rendered(source)
	return r.Texts.render(r.Ctx, t, &t.words, markdown.Text)
}
