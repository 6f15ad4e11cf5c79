package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/content"
	"parley/store"
)

const testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// TestSign holds the example of the specification.
func TestSign(t *testing.T) {
	key, err := keyOf(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	got := sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signed %s, want %s", got, want)
	}
	if _, err := keyOf(NewSecret()); err != nil {
		t.Error(err)
	}
}

// receiver is a dispatcher over a store, with a clock of its own, and a receiver that answers as it is told.
type receiver struct {
	*Dispatcher
	store  *store.Store
	path   string
	clock  time.Time
	url    string
	mu     sync.Mutex
	status int
	got    []message
	ids    []string
}

func newOffice(t *testing.T) *receiver {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.db")
	st, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	o := &receiver{store: st, path: path, clock: time.Unix(1_700_000_000, 0), status: http.StatusNoContent}
	o.Dispatcher = &Dispatcher{Store: st, GiveUp: 72 * time.Hour, Now: func() time.Time { return o.clock }, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.receive(t, w, r) }))
	t.Cleanup(server.Close)
	o.url = server.URL
	return o
}

func (o *receiver) receive(t *testing.T, w http.ResponseWriter, r *http.Request) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	key, _ := keyOf(testSecret)
	id := r.Header.Get("Webhook-Id")
	if want := sign(key, id, r.Header.Get("Webhook-Timestamp"), body); r.Header.Get("Webhook-Signature") != want || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("the headers are %v, want the signature %s", r.Header, want)
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		t.Error(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.got, o.ids = append(o.got, m), append(o.ids, id)
	w.WriteHeader(o.status)
}

// hook adds a webhook that is told of everything.
func (o *receiver) hook(t *testing.T, url string, types ...*content.Type) int64 {
	t.Helper()
	n, err := o.store.AddWebhook(t.Context(), content.Webhook{URL: url, Secret: testSecret, Types: types})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// turn delivers what is due, as a dispatcher does that has just started, and returns what was received.
func (o *receiver) turn(t *testing.T) []message {
	t.Helper()
	o.got = nil
	head, err := o.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	if err := o.deliverAll(t.Context(), head, &all); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	return o.got
}

func (o *receiver) state(t *testing.T) content.Webhook {
	t.Helper()
	list, err := o.store.Webhooks(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	return list[0]
}

// write makes a revision of so many sources.
func (o *receiver) write(t *testing.T, n int, title string) {
	t.Helper()
	var items []content.Item
	for i := range n {
		slug := content.Slug(fmt.Sprint("s-", i))
		items = append(items, content.Item{Type: content.TypeNamed("Source"), Key: content.NamedKey("Source", slug), Slug: slug, Values: map[string]any{"title": title}})
	}
	if _, err := o.store.Write(t.Context(), content.ChangeSet{Author: "test", Reason: "UPDATE", Items: items}); err != nil {
		t.Fatal(err)
	}
}

func TestDelivery(t *testing.T) {
	o := newOffice(t)
	o.write(t, 250, "first")
	o.write(t, 1, "second")
	o.hook(t, o.url)
	got := o.turn(t)
	var sizes []int
	for _, m := range got {
		sizes = append(sizes, len(m.Data.Changes))
	}
	if fmt.Sprint(sizes) != "[100 100 50 1]" || got[0].Data.Changes[0].Op != "CREATED" || got[3].Data.Changes[0].Op != "UPDATED" || got[3].Type != "content.changed" {
		t.Fatalf("messages of %v changes: %+v", sizes, got[len(got)-1])
	}
	if slices.Sort(o.ids); len(slices.Compact(o.ids)) != 4 {
		t.Errorf("the ids are %v", o.ids)
	}
	if again := o.turn(t); len(again) > 0 {
		t.Errorf("nothing new is told as %+v", again)
	}
	o.write(t, 1, "third")
	if got := o.turn(t); len(got) != 1 || got[0].Data.Revision != 3 || got[0].Data.Changes[0].ChangedFields[0] != "title" {
		t.Errorf("a third revision is told as %+v", got)
	}
}

// TestRestoredRecord restores a backup behind what a receiver was told: it is told of the record, then of what follows the backup, under
// ids that it has not seen.
func TestRestoredRecord(t *testing.T) {
	o := newOffice(t)
	o.hook(t, o.url)
	o.write(t, 1, "first")
	o.turn(t)
	dir := t.TempDir()
	backup, restored := filepath.Join(dir, "backup.db"), filepath.Join(dir, "restored.db")
	if _, err := store.Backup(t.Context(), o.path, backup); err != nil {
		t.Fatal(err)
	}
	o.write(t, 1, "second, which is lost")
	if got := o.turn(t); len(got) != 1 || got[0].Data.RecordID != o.store.Record() {
		t.Fatalf("before the restore: %+v", got)
	}
	before := slices.Clone(o.ids)
	if _, err := store.Restore(t.Context(), backup, restored, false); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), restored)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	o.store, o.Store = st, st
	o.status = http.StatusBadGateway
	if got := o.turn(t); len(got) != 1 || got[0].Type != "record.changed" {
		t.Fatalf("after the restore: %+v", got)
	}
	o.status, o.clock = http.StatusOK, o.clock.Add(time.Minute)
	o.write(t, 1, "another second")
	got := o.turn(t)
	if len(got) != 2 || got[0].Type != "record.changed" || got[0].Data.RecordID != st.Record() || got[0].Data.Revision != 1 ||
		got[1].Type != "content.changed" || got[1].Data.RecordID != st.Record() || got[1].Data.Revision != 2 {
		t.Fatalf("after the restore: %+v", got)
	}
	for _, id := range o.ids[len(before):] {
		if slices.Contains(before, id) {
			t.Errorf("the id %s was used before the restore", id)
		}
	}
	if got := o.turn(t); len(got) != 0 {
		t.Errorf("nothing new is told as %+v", got)
	}
}

// TestOutage: what a receiver missed comes when it is back, first what failed, under the same id.
func TestOutage(t *testing.T) {
	o := newOffice(t)
	o.hook(t, o.url)
	o.write(t, 1, "first")
	o.status = http.StatusBadGateway
	want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second}
	for i, wait := range want {
		if got := o.turn(t); len(got) != 1 {
			t.Fatalf("attempt %d sends %+v", i, got)
		}
		if h := o.state(t); h.Next.Sub(o.clock) != wait || h.Failures != i+1 || !strings.Contains(h.Note, "502") {
			t.Fatalf("after attempt %d: %+v", i, h)
		}
		o.clock = o.clock.Add(wait - time.Millisecond)
		if got := o.turn(t); len(got) != 0 {
			t.Fatalf("an attempt too early: %+v", got)
		}
		o.clock = o.clock.Add(time.Millisecond)
	}
	o.write(t, 1, "second")
	o.status = http.StatusOK
	if got := o.turn(t); len(got) != 2 || got[0].Data.Revision != 1 || got[1].Data.Revision != 2 {
		t.Fatalf("after the outage: %+v", got)
	}
	if ids := slices.Compact(slices.Clone(o.ids)); len(ids) != 2 {
		t.Errorf("the ids are %v", o.ids)
	}
	if h := o.state(t); h.Failures != 0 || !h.FailingSince.IsZero() || h.Position.After != 2 {
		t.Errorf("after the outage: %+v", h)
	}
}

// TestGivingUp: a receiver that fails for too long is disabled, one that is gone at once; the longest wait is an hour.
func TestGivingUp(t *testing.T) {
	o := newOffice(t)
	o.hook(t, o.url)
	o.write(t, 1, "first")
	o.status = http.StatusInternalServerError
	begin := o.clock
	for !o.state(t).Disabled {
		if got := o.turn(t); len(got) != 1 {
			t.Fatalf("%s after the first failure it sends %+v", o.clock.Sub(begin), got)
		}
		wait := o.state(t).Next.Sub(o.clock)
		if wait > time.Hour {
			t.Fatalf("it waits %s", wait)
		}
		o.clock = o.clock.Add(wait)
	}
	if after := o.clock.Sub(begin); after < 72*time.Hour || after > 75*time.Hour {
		t.Errorf("it was disabled after %s", after)
	}
	if got := o.turn(t); len(got) > 0 {
		t.Errorf("a disabled webhook is told %+v", got)
	}
	gone := newOffice(t)
	gone.hook(t, gone.url)
	gone.write(t, 1, "first")
	gone.status = http.StatusGone
	if gone.turn(t); !gone.state(t).Disabled {
		t.Error("a receiver that is gone is told more")
	}
}

func TestTypesOfWebhooks(t *testing.T) {
	o := newOffice(t)
	o.hook(t, o.url, content.TypeNamed("Event"))
	o.write(t, 3, "first")
	if got := o.turn(t); len(got) > 0 {
		t.Errorf("of events it is told %+v", got)
	}
	if h := o.state(t); h.Position.After != 1 {
		t.Errorf("it goes on at %+v", h.Position)
	}
}

// TestRedirect: a receiver that sends us elsewhere has failed.
func TestRedirect(t *testing.T) {
	o := newOffice(t)
	elsewhere := httptest.NewServer(http.RedirectHandler(o.url, http.StatusTemporaryRedirect))
	t.Cleanup(elsewhere.Close)
	o.hook(t, elsewhere.URL)
	o.write(t, 1, "first")
	if got := o.turn(t); len(got) > 0 || o.state(t).Failures != 1 {
		t.Errorf("a redirect leads to %+v, %+v", got, o.state(t))
	}
}

// TestPrivateAddresses: what a name leads to is looked at before anything is sent.
func TestPrivateAddresses(t *testing.T) {
	o := newOffice(t)
	o.write(t, 1, "first")
	_, port, _ := strings.Cut(strings.TrimPrefix(o.url, "http://"), ":")
	h := content.Webhook{URL: "https://127.0.0.1.nip.example:" + port, Secret: testSecret}
	public := client(h)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+port, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := public.Do(r); err == nil || !strings.Contains(err.Error(), "--allow-private") {
		if res != nil {
			_ = res.Body.Close()
		}
		t.Errorf("a name that leads to this machine is asked: %v", err)
	}
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1:248:1893:25c8:1946": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false,
		"::1": false, "fe80::1": false, "fd00::1": false, "::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "224.0.0.1": false, "255.255.255.255": false,
	} {
		if got := isPublic(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is public: %v", text, got)
		}
	}
}

func TestCheck(t *testing.T) {
	for url, want := range map[string]string{
		"https://example.org/hook": "", "http://127.0.0.1:9000/": "", "http://localhost:9000/": "", "http://[::1]/": "",
		"http://example.org/": "not https", "http://10.0.0.1/": "not https", "ftp://example.org/": "not the address", "example.org": "not the address",
		"https://user:secret@example.org/": "password",
	} {
		err := Check(content.Webhook{URL: url, Secret: testSecret})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if err := Check(content.Webhook{URL: "http://10.0.0.1/", Secret: testSecret, Private: true}); err != nil {
		t.Error(err)
	}
	for _, secret := range []string{"", "whsec_", "secret", "whsec_c2hvcnQ=", "whsec_" + strings.Repeat("A", 100)} {
		if Check(content.Webhook{URL: "https://example.org/", Secret: secret}) == nil {
			t.Errorf("the secret %q is taken", secret)
		}
	}
}

// TestRun: a running dispatcher notes a webhook that is added, delivers what is written, and ends.
func TestRun(t *testing.T) {
	o := newOffice(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		o.Run(ctx)
		close(done)
	}()
	o.hook(t, o.url)
	o.write(t, 1, "first")
	for deadline := time.Now().Add(20 * time.Second); ; {
		if h := o.state(t); h.Position.After == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was delivered")
		}
	}
	cancel()
	<-done
}

// TestOneDeliveryAtATime starts rounds while a receiver has not answered: it gets each message once, and the next one only
// after its answer.
func TestOneDeliveryAtATime(t *testing.T) {
	o := newOffice(t)
	o.write(t, 1, "first")
	o.write(t, 1, "second")
	begun, answer := make(chan struct{}, 100), make(chan struct{})
	var mu sync.Mutex
	now, most := 0, 0
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		begun <- struct{}{}
		<-answer
		o.receive(t, w, r)
		mu.Lock()
		now--
		mu.Unlock()
	}))
	t.Cleanup(slow.Close)
	o.hook(t, slow.URL)
	var all sync.WaitGroup
	head, err := o.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := o.deliverAll(t.Context(), head, &all); err != nil {
			t.Fatal(err)
		}
	}
	<-begun
	for range 5 { // the first delivery is on its way
		if err := o.deliverAll(t.Context(), head, &all); err != nil {
			t.Fatal(err)
		}
	}
	close(answer)
	all.Wait()
	if most != 1 || len(o.got) != 2 || o.got[0].Data.Revision != 1 || o.got[1].Data.Revision != 2 {
		t.Errorf("%d deliveries at once, of %+v", most, o.got)
	}
	if got := o.turn(t); len(got) > 0 {
		t.Errorf("after it, %+v is delivered", got)
	}
}
