// Package store keeps the record in one SQLite file: it migrates the file, writes each change set as one revision, and answers
// selections.
//
// # A read
//
//	Store.Read(view, selections)
//	  reader         one read transaction; the tree of selections, breadth-first           read.go
//	  sqlgen.Query   one selection of one level for all of its parents: one statement      package sqlgen
//	  statement      prepared once for each connection                                     statement.go, session.go
//	  row            columns become values: from rows, covering rows or the table cache    read_row.go, covering_row.go, read_table_cache.go
//
// For { talk(slug: "gaza-ceasefire-talks") { title events(first: 2) { nodes { title } } } } the planner hands in a selection of
// Talk by slug with a child selection events. The reader runs two statements: the talk by the index of slugs, and then a scan of
// the timeline of that talk, whose covering rows hold the titles, so that the table event is not read:
//
//	SELECT l.card FROM event_list AS l WHERE l.list = 1 AND l.parent_id = $1 ORDER BY ... LIMIT $2
//
// A row of an item is one row of its table, with its former versions in <table>_history. A row is valid from from_rev on, and a
// history row until to_rev. A read as of revision 7 is the same statement over the rows that were valid then.
//
// # A write
//
//	Store.Apply(change set)
//	  writeQueue     one goroutine; many waiting jobs, one transaction                     write_queue.go
//	  writer         one revision                                                          write.go
//	    resolve      slugs, external ids and client keys become keys                       write_resolve.go, write_external.go
//	    check        rules that other rows decide                                          write_check.go, write_sources.go
//	    put          rows that differ are archived and replaced                            write_put.go, write_row.go
//	    log          the tables revision and change                                        log_write.go
//	    derive       timelines, covering rows, names, search words, the tree of talks      derive*.go, covering_row.go
//	  commitSignal   subscriptions of this process wake                                    log_changes.go
//
// A long stream of items is a bulk load (load_*.go): prepared beside the transaction, written without the indexes whose order is
// not that of the load.
//
// # The log
//
// Files with the prefix log_ read what revisions did: history, comparison, changes between two revisions, invalidations.
//
// # Why it is one package
//
// The write side hangs on one type, writer, whose phases share the open transaction and what it knows already; the read side on
// query. Packages of their own would only export those two to each other. Prefixes of files mark the phases: read_, write_,
// derive_, load_, log_, token.
package store
