package web

import (
	"compress/gzip"
	"embed"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"parley/internal/compress"
)

// dist holds the files of GraphiQL as `npm run build` in graphiql/ leaves them: each as .br and .gz only.
//
//go:embed dist
var dist embed.FS

// page serves GraphiQL's page; it names its files by their hashes and is itself not cached.
func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	file(w, r, "index.html")
}

// asset serves a file of GraphiQL. Hashed names never change what they hold.
func asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("path")
	if name == "" {
		http.Redirect(w, r, "/graphiql", http.StatusFound)
		return
	}
	if name == "index.html" {
		http.NotFound(w, r)
		return
	}
	if strings.HasPrefix(name, "assets/") {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	file(w, r, name)
}

// file sends an embedded file in the best coding that the client takes.
func file(w http.ResponseWriter, r *http.Request, name string) {
	chosen, suffix := compress.Choose(strings.Join(r.Header.Values("Accept-Encoding"), ","), "br", "gzip"), ".gz"
	if chosen == "br" {
		suffix = ".br"
	}
	f, err := dist.Open("dist/" + path.Clean(name) + suffix)
	if err != nil {
		w.Header().Del("Cache-Control")
		http.NotFound(w, r)
		return
	}
	defer f.Close() //nolint:errcheck // an embedded file
	var body io.Reader = f
	if chosen == "" {
		if body, err = gzip.NewReader(f); err != nil {
			http.Error(w, "this file is damaged", http.StatusInternalServerError)
			return
		}
	} else {
		w.Header().Set("Content-Encoding", chosen)
	}
	w.Header().Set("Vary", "Accept-Encoding")
	w.Header().Set("Content-Type", mediaType(name))
	_, _ = io.Copy(w, body) //nolint:gosec // the files are our own
}

// sizeOf is how many bytes an embedded file has that is sent decompressed, 0 where there is none.
func sizeOf(name string) int {
	info, err := fs.Stat(dist, "dist/"+path.Clean(name)+".gz")
	if err != nil {
		return 0
	}
	return int(info.Size())
}

// mediaType is the Content-Type of a file, whatever the machine's own tables say.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".ttf":
		return "font/ttf"
	default:
		return mime.TypeByExtension(path.Ext(name))
	}
}
