package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkHistory holds every checkpoint that was ever signed to the tree; the present one is among them.
func checkHistory(folder string, verifier note.Verifier, tree tlog.Tree, leaves []tlog.Hash, hashes stored, names map[string]bool) {
	files, err := os.ReadDir(filepath.Join(folder, "checkpoints"))
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		fail("checkpoints", "%v", err)
	}
	for _, file := range files {
		name := "checkpoints/" + file.Name()
		old := openCheckpoint(folder, name, verifier)
		if strconv.FormatInt(old.N, 10) != file.Name() {
			fail(name, "expected a checkpoint of this size, came one of %d", old.N)
		}
		if old.N > tree.N {
			fail(name, "expected no checkpoint beyond the present size %d", tree.N)
		}
		if root := treeHash(old.N, hashes); root != old.Hash {
			fail(name, "expected the root %v of the first %d entries, came %v", root, old.N, old.Hash)
		}
		if old.N > 0 {
			proof, err := tlog.ProveTree(tree.N, old.N, hashes)
			if err == nil {
				err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
			}
			if err != nil {
				fail(name, "%v", err)
			}
		}
		compareNarrow(folder, old.N, leaves, hashes, names)
	}
	read(folder, fmt.Sprintf("checkpoints/%d", tree.N))
}

// compareNarrow checks the partial tiles of an earlier size, and its partial bundle, as far as they are still there.
func compareNarrow(folder string, size int64, leaves []tlog.Hash, hashes stored, names map[string]bool) {
	stands := func(name string) bool {
		_, err := os.Stat(filepath.Join(folder, name))
		known := names[name]
		names[name] = true
		return !known && err == nil
	}
	for level, nodes := 0, size; nodes > 0; level, nodes = level+1, nodes/width {
		first, count := nodes-nodes%width, nodes%width
		name := fmt.Sprintf("tile/%d/%s%s", level, place(first/width), suffix(count))
		if count > 0 && stands(name) {
			compareTile(folder, name, level, first, count, hashes)
		}
	}
	first, count := size-size%width, size%width
	name := "tile/entries/" + place(first/width) + suffix(count)
	if count > 0 && stands(name) {
		for number, leaf := range readBundle(folder, name, count) {
			if leaf != leaves[first+int64(number)] {
				fail(name, "entry %d is not that of the later bundle", number)
			}
		}
	}
}
