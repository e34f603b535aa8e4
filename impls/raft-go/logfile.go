package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

var errForeignFile = errors.New("this is not a log of ours: its first bytes are another file's")

// logFile is a node's log on disk. What fails to be written leaves a torn record, which the next reading drops.
type logFile struct {
	file *os.File
}

// openLog reads what a node has persisted, and cuts the file after its last whole record.
func openLog(dir string, id int) (log *logFile, restored persisted, droppedBytes int, err error) {
	file, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("node-%d.log", id)), os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o644)
	if err != nil {
		return nil, persisted{}, 0, err
	}
	log = &logFile{file}
	restored, droppedBytes, err = log.recover()
	if err != nil {
		log.close()
		return nil, persisted{}, 0, fmt.Errorf("%s: %w", file.Name(), err)
	}
	return log, restored, droppedBytes, nil
}

func (l *logFile) recover() (restored persisted, droppedBytes int, err error) {
	text, err := io.ReadAll(l.file)
	if err != nil {
		return persisted{}, 0, err
	}
	if len(text) < logSignatureBytes {
		return persisted{}, len(text), l.begin()
	}
	if string(text[:logSignatureBytes]) != logSignature {
		return persisted{}, 0, errForeignFile
	}
	wholeBytes := logSignatureBytes + restored.takeRecords(text[logSignatureBytes:])
	if droppedBytes = len(text) - wholeBytes; droppedBytes > 0 {
		err = l.cut(int64(wholeBytes))
	}
	return restored, droppedBytes, err
}

func (l *logFile) begin() error {
	if err := l.cut(0); err != nil {
		return err
	}
	return l.write([]byte(logSignature))
}

func (l *logFile) cut(sizeBytes int64) error {
	if err := l.file.Truncate(sizeBytes); err != nil {
		return err
	}
	_, err := l.file.Seek(sizeBytes, io.SeekStart)
	return err
}

func (l *logFile) write(records []byte) error {
	_, err := l.file.Write(records)
	return err
}

func (l *logFile) sync() error { return unix.Fdatasync(int(l.file.Fd())) }

// close ignores its error: what had to be durable was made so before.
func (l *logFile) close() { _ = l.file.Close() }

// syncFolder makes the files' names durable.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	return folder.Sync()
}
