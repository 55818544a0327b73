// full recomputes a whole log from its entry bundles with golang.org/x/mod/sumdb and compares every stored file.
//
//	full FOLDER VKEY [INDEX...]
//
// The checkpoints of the log's history, where FOLDER/checkpoints lies, must be beginnings of the same tree, and tiles of
// those sizes that are still there must be beginnings of the present ones. Without an INDEX, the inclusion of the first,
// the middle and the last leaf is checked.
//
// It never asks tlog.TileHashReader: the versions of x/mod in use skip the check of some tiles (CVE-2026-56865), so
// that a forged entry bundle with a matching forged tile would pass. Everything is worked out from the entries.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

type stored []tlog.Hash

func (hashes stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for place, index := range indexes {
		found[place] = hashes[index]
	}
	return found, nil
}

func fail(file, format string, values ...interface{}) {
	fmt.Printf("%s: %s\n", file, fmt.Sprintf(format, values...))
	os.Exit(1)
}

func read(folder, name string) []byte {
	data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		fail(name, "expected this file, it cannot be read: %v", err)
	}
	return data
}

func openVerifier(vkey string) note.Verifier {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		fail("vkey", "%v", err)
	}
	return verifier
}

func openCheckpoint(folder, name string, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(read(folder, name), note.VerifierList(verifier))
	if err != nil {
		fail(name, "%v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail(name, "expected three lines and the log %s, came %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		fail(name, "expected a size on line 2, came %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		fail(name, "expected a root on line 3, came %q", lines[2])
	}
	return tlog.Tree{N: size, Hash: root}
}

func place(number int64) string {
	path := fmt.Sprintf("%03d", number%1000)
	for number >= 1000 {
		number /= 1000
		path = fmt.Sprintf("x%03d/%s", number%1000, path)
	}
	return path
}

func suffix(count int64) string {
	if count == width {
		return ""
	}
	return fmt.Sprintf(".p/%d", count)
}

// readBundle gives the leaf hashes of the count entries of one bundle.
func readBundle(folder, name string, count int64) (leaves []tlog.Hash) {
	data := read(folder, name)
	for number := int64(0); number < count; number++ {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			fail(name, "expected %d entries, the bytes end within entry %d", count, number)
		}
		length := int(binary.BigEndian.Uint16(data))
		leaves = append(leaves, tlog.RecordHash(data[2:2+length]))
		data = data[2+length:]
	}
	if len(data) != 0 {
		fail(name, "expected nothing after %d entries, came %d bytes", count, len(data))
	}
	return leaves
}

// readEntries gives the stored hashes and the leaf hashes of every entry; names lists the bundles.
func readEntries(folder string, size int64) (hashes stored, leaves []tlog.Hash, names map[string]bool) {
	names = map[string]bool{}
	for first := int64(0); first < size; first += width {
		count := size - first
		if count > width {
			count = width
		}
		name := "tile/entries/" + place(first/width) + suffix(count)
		names[name] = true
		for _, leaf := range readBundle(folder, name, count) {
			more, err := tlog.StoredHashesForRecordHash(int64(len(leaves)), leaf, hashes)
			if err != nil {
				fail(name, "%v", err)
			}
			leaves = append(leaves, leaf)
			hashes = append(hashes, more...)
		}
	}
	return hashes, leaves, names
}

func compareTile(folder, name string, level int, first, count int64, hashes stored) {
	var expected []byte
	for number := first; number < first+count; number++ {
		hash := hashes[tlog.StoredHashIndex(8*level, number)]
		expected = append(expected, hash[:]...)
	}
	if !bytes.Equal(read(folder, name), expected) {
		fail(name, "the tile is not that of the entries")
	}
}

// compareTiles checks the tiles of every level against the recomputed hashes; names grows by their paths.
func compareTiles(folder string, size int64, hashes stored, names map[string]bool) {
	for level, nodes := 0, size; nodes > 0; level, nodes = level+1, nodes/width {
		for first := int64(0); first < nodes; first += width {
			count := nodes - first
			if count > width {
				count = width
			}
			name := fmt.Sprintf("tile/%d/%s%s", level, place(first/width), suffix(count))
			names[name] = true
			compareTile(folder, name, level, first, count, hashes)
		}
	}
}

func treeHash(size int64, hashes stored) tlog.Hash {
	if size == 0 {
		return sha256.Sum256(nil)
	}
	root, err := tlog.TreeHash(size, hashes)
	if err != nil {
		fail("checkpoint", "%v", err)
	}
	return root
}

func refuseOthers(folder string, names map[string]bool) {
	top := filepath.Join(folder, "tile")
	err := filepath.Walk(top, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if name := filepath.ToSlash(relative); !names[name] {
			fail(name, "no tile of this log at any size that it had")
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		fail("tile", "%v", err)
	}
}

func parseProof(name string, data []byte) tlog.RecordProof {
	lines := strings.Split(strings.SplitN(string(data), "\n\n", 2)[0], "\n")
	proof := tlog.RecordProof{}
	for _, line := range lines {
		if strings.Contains(line, " ") || strings.Contains(line, "@") {
			continue
		}
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(hash) != tlog.HashSize {
			fail(name, "expected a hash, came %q", line)
		}
		var node tlog.Hash
		copy(node[:], hash)
		proof = append(proof, node)
	}
	return proof
}

// checkProof holds the proof that x/mod makes, and the log's own one where proofs/INDEX lies in the folder, to the root.
func checkProof(folder, wanted string, tree tlog.Tree, leaves []tlog.Hash, hashes stored) {
	index, err := strconv.ParseInt(wanted, 10, 64)
	if err != nil || index < 0 || index >= tree.N {
		fail(wanted, "expected a leaf below %d", tree.N)
	}
	proof, err := tlog.ProveRecord(tree.N, index, hashes)
	if err == nil {
		err = tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaves[index])
	}
	if err != nil {
		fail(wanted, "%v", err)
	}
	name := "proofs/" + wanted
	if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
		return
	}
	theirs := parseProof(name, read(folder, name))
	if err := tlog.CheckRecord(theirs, tree.N, tree.Hash, index, leaves[index]); err != nil {
		fail(name, "%v", err)
	}
}

func main() {
	if len(os.Args) < 3 {
		fmt.Println("usage: full FOLDER VKEY [INDEX...]")
		os.Exit(3)
	}
	folder, verifier := os.Args[1], openVerifier(os.Args[2])
	tree := openCheckpoint(folder, "checkpoint", verifier)
	hashes, leaves, names := readEntries(folder, tree.N)
	compareTiles(folder, tree.N, hashes, names)
	if root := treeHash(tree.N, hashes); root != tree.Hash {
		fail("checkpoint", "expected the root %v of the entries, came %v", root, tree.Hash)
	}
	checkHistory(folder, verifier, tree, leaves, hashes, names)
	refuseOthers(folder, names)
	wanted := os.Args[3:]
	if len(wanted) == 0 && tree.N > 0 {
		wanted = []string{"0", fmt.Sprint(tree.N / 2), fmt.Sprint(tree.N - 1)}
	}
	for _, index := range wanted {
		checkProof(folder, index, tree, leaves, hashes)
	}
	fmt.Printf("OK %d %v\n", tree.N, tree.Hash)
}
