package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
)

// labels are what front ends call the values of enumerations, by language: /enum-labels.ar.json.
//
//go:embed labels/*.json
var labels embed.FS

// serveLabels adds a route for each file of labels.
func serveLabels(mux *http.ServeMux) {
	names, err := fs.Glob(labels, "labels/*.json")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		body, err := fs.ReadFile(labels, name)
		if err != nil {
			panic(err) // the file is embedded
		}
		sum := sha256.Sum256(body)
		tag := `"` + hex.EncodeToString(sum[:12]) + `"`
		mux.HandleFunc("GET /"+name[len("labels/"):], func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", tag)
			w.Header().Set("Cache-Control", "public, no-cache")
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = w.Write(body)
		})
	}
}
