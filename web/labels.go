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

// labelRoutes are a route for each file of labels.
func labelRoutes() (list []route) {
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
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", tag)
			w.Header().Set("Cache-Control", "public, no-cache")
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = w.Write(body)
		})
		list = append(list, route{"GET /" + name[len("labels/"):], handler, one})
	}
	return list
}
