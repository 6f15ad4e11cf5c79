package bench

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"

	"parley/graph/gen"
)

// BenchmarkIntrospection asks what gqlgen's executor answers, in turn of parley, which keeps no answers here, and of
// gqlgen's executor alone with the same schema and its documents kept. The ratio is parley's rate to that of gqlgen.
func BenchmarkIntrospection(b *testing.B) {
	_, parley := open(b)
	gqlgen := gqlgenAlone()
	for _, c := range []struct{ name, query string }{
		{"whole schema", introspection.Query},
		{"one type", `{ __type(name: "Event") { name description fields { name type { kind name ofType { kind name } } } } }`},
	} {
		b.Run(c.name, func(b *testing.B) {
			if got, want := dataOf(b, ask(b, parley, c.query)), dataOf(b, ask(b, gqlgen, c.query)); !reflect.DeepEqual(got, want) {
				b.Fatalf("parley answers %.300v\ngqlgen %.300v", got, want)
			}
			var took [2]time.Duration
			for b.Loop() {
				begun := worked(b)
				ask(b, parley, c.query)
				between := worked(b)
				ask(b, gqlgen, c.query)
				took[0], took[1] = took[0]+between-begun, took[1]+worked(b)-between
			}
			b.ReportMetric(float64(took[0].Microseconds())/float64(b.N), "parley-cpu-us")
			b.ReportMetric(float64(took[1].Microseconds())/float64(b.N), "gqlgen-cpu-us")
			b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "ratio")
		})
	}
}

// gqlgenAlone answers as gqlgen's own handler of POST does.
func gqlgenAlone() http.Handler {
	exec := executor.New(gen.NewExecutableSchema(gen.Config{}))
	exec.SetQueryCache(graphql.MapCache[*ast.QueryDocument]{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := graphql.StartOperationTrace(r.Context())
		var params graphql.RawParams
		if err := json.NewDecoder(r.Body).Decode(&params); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		oc, errs := exec.CreateOperationContext(ctx, &params)
		if len(errs) > 0 {
			http.Error(w, errs.Error(), http.StatusBadRequest)
			return
		}
		oc.DisableIntrospection = false
		next, ctx := exec.DispatchOperation(ctx, oc)
		answer, err := json.Marshal(next(ctx))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	})
}

// dataOf is that of an answer, however it is written.
func dataOf(b *testing.B, answer []byte) any {
	b.Helper()
	var a struct{ Data any }
	if err := json.Unmarshal(answer, &a); err != nil {
		b.Fatal(err)
	}
	return a.Data
}
