package service_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

// attack is a request that is cheap to send and would be dear to answer.
type attack struct {
	name string
	// body is sent by POST as JSON, without a length where it is a stream.
	body io.Reader
	// want is part of the refusal.
	want string
}

// posted is the body of a request for a document.
func posted(query string) io.Reader {
	b, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return nil
	}
	return strings.NewReader(string(b))
}

// numbers joins so many texts with a number each.
func numbers(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// spreads is a chain of fragments of which each spreads the next twice.
func spreads(n int) string {
	var b strings.Builder
	b.WriteString("{...a}")
	name := func(i int) string { return string(rune('a' + i)) }
	for i := range n {
		fmt.Fprintf(&b, "fragment %s on Query{...%s ...%s}", name(i), name(i+1), name(i+1))
	}
	fmt.Fprintf(&b, "fragment %s on Query{__typename}", name(n))
	return b.String()
}

// inlined is a chain of so many fragments of an interface, each of which spreads the next by name and in an inline
// fragment.
func inlined(n int) string {
	var b strings.Builder
	b.WriteString(`{node(id:"talk_0000000000000"){...a}}`)
	name := func(i int) string { return string(rune('a' + i)) }
	for i := range n {
		fmt.Fprintf(&b, "fragment %s on Node{...%s...{...%s}}", name(i), name(i+1), name(i+1))
	}
	fmt.Fprintf(&b, "fragment %s on Node{x:id}", name(n))
	return b.String()
}

// round goes from talks to their events and back, so many times.
func round(n int) string {
	return "{talks{nodes{" + strings.Repeat("events{nodes{talk{", n) + "id" + strings.Repeat("}}}", n) + "}}}"
}

func attacks() []attack {
	const mega = 10 << 20
	return []attack{
		{"88 kB of repeated __typename", posted("{" + strings.Repeat("__typename ", 8000) + "}"), `"limitName":"tokens"`},
		{"25 kB of 800 aliased __type", posted("{" + numbers(800, `a%d:__type(name:"Talk"){name fields{name}}`) + "}"), `"limitName":"`},
		{"spreads of 2^24 in 884 bytes", posted(spreads(24)), `"limitName":"`},
		{"spreads of 2^25 in 978 bytes, half of them inline", posted(fmt.Sprintf("%-978s", inlined(25))), `"limitName":"`},
		{"876 bytes of a round trip", posted(round(44)), `"limitName":"depth"`},
		{"four nested pages of 100", posted("{talks(first:100){nodes{children(first:100){nodes{events(first:100){nodes{talk{events(first:100){nodes{id}}}}}}}}}}"), `"limitName":"cost"`},
		{"4,000 repeated fields", posted("{talks{nodes{" + strings.Repeat("title ", 4000) + "}}}"), `"limitName":"repeats"`},
		{"5,000 unknown fields", posted("{talks{nodes{" + numbers(5000, "u%d ") + "}}}"), `"limitName":"`},
		{"2,000 unknown fields", posted("{talks{nodes{" + numbers(2000, "u%d ") + "}}}"), "Cannot query field"},
		{"1,000 aliases", posted("{talks{nodes{" + numbers(1000, "a%d:title ") + "}}}"), `"limitName":"aliases"`},
		{"a flood of directives", posted("{talks " + strings.Repeat("@include(if:true)", 5000) + "{totalCount}}"), `"limitName":"`},
		{"a batch of 1,000", strings.NewReader("[" + strings.Repeat(`{"query":"{talks{totalCount}}"},`, 999) + `{"query":"{talks{totalCount}}"}]`), "batches"},
		{"10 MiB of spaces", posted("{talks{totalCount}" + strings.Repeat(" ", mega) + "}"), `"limitName":"body"`},
		{"10 MiB of a comment", posted("{talks{totalCount}#" + strings.Repeat("x", mega) + "\n}"), `"limitName":"body"`},
		{"10 MiB of a string", posted(`{talk(slug:"` + strings.Repeat("x", mega) + `"){id}}`), `"limitName":"body"`},
		{"10 MiB of digits", posted("{talks(first:" + strings.Repeat("9", mega) + "){totalCount}}"), `"limitName":"body"`},
		{"10 MiB of a name", posted("{" + strings.Repeat("x", mega) + "}"), `"limitName":"body"`},
		{"1,000,000 bytes of spaces", posted("{talks{nowhere}" + strings.Repeat(" ", 1_000_000) + "}"), "Cannot query field"},
		{"1,000,000 bytes of names", posted("{" + strings.Repeat("x ", 500_000) + "}"), `"limitName":"tokens"`},
		{"64 MiB without a length", io.MultiReader(strings.NewReader(`{"query":"`), io.LimitReader(endless{}, 64<<20)), `"limitName":"body"`},
		{"a deep list", posted("{talks(first:" + strings.Repeat("[", 3000) + strings.Repeat("]", 3000) + "){totalCount}}"), `"code"`},
		{"deep JSON", strings.NewReader(`{"query":"{talks{totalCount}}","variables":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000) + "}"), `"code"`},
	}
}

// endless is spaces without an end.
type endless struct{}

// Read gives spaces.
func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// process is what a process has used.
type process int

// cpu is the time that the process has had on processors so far.
func (p process) cpu(t *testing.T) time.Duration {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p))
	if err != nil || len(files) == 0 {
		t.Skipf("NOT TESTED: this system does not tell the time of a process: %v", err)
	}
	var total time.Duration
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		ran, _, _ := strings.Cut(string(b), " ")
		n, err := strconv.ParseInt(ran, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		total += time.Duration(n)
	}
	return total
}

// memory is a field of the process's status in bytes: VmRSS is what it has, VmHWM the most that it had since reset.
func (p process) memory(t *testing.T, field string) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p))
	if err != nil {
		t.Skipf("NOT TESTED: this system does not tell the memory of a process: %v", err)
	}
	_, rest, _ := strings.Cut(string(b), field+":")
	kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// reset makes the memory of now the most that the process had.
func (p process) reset(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p), []byte("5"), 0); err != nil {
		t.Skipf("NOT TESTED: this system does not measure the memory of a process anew: %v", err)
	}
}

// TestAttacksOverHTTP sends requests that are cheap to write and dear to answer to a server of its own process. Each is
// refused with a short answer, within the time of some plain queries and 64 MiB.
func TestAttacksOverHTTP(t *testing.T) {
	cmd, at, _ := parleytest.StartProcess(t, t.TempDir(), "--addr", "127.0.0.1:0", "--db", "parley.db", "--answer-cache", "0")
	p := process(cmd.Process.Pid)
	control := p.control(t, at)
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			p.reset(t)
			before, rss := p.cpu(t), p.memory(t, "VmRSS")
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, a.body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			status, text := 0, ""
			if res, err := http.DefaultClient.Do(req); err == nil { // a body that is too long may find nobody who reads on
				b, _ := io.ReadAll(res.Body)
				_ = res.Body.Close()
				status, text = res.StatusCode, string(b)
			}
			took, grown := p.cpu(t)-before, p.memory(t, "VmHWM")-rss
			t.Logf("%s, %d KiB, status %d, %d bytes", took, grown>>10, status, len(text))
			if took > 4*control {
				t.Errorf("it takes %s, and 50 plain queries %s", took, control)
			}
			if grown > 64<<20 {
				t.Errorf("it takes %d MiB", grown>>20)
			}
			if status != 0 && (!strings.Contains(text, a.want) || !strings.HasPrefix(text, `{"errors":`) || status >= 500 || len(text) > 16<<10) {
				t.Errorf("it is answered %d with %d bytes, want %s: %.300s", status, len(text), a.want, text)
			}
		})
	}
}
