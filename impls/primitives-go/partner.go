package primitives

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"time"
)

// partnerVariable names, in the environment, the address that a partner answers on.
const partnerVariable = "PRIMITIVES_PARTNER"

// A partner is a child process that answers each integer with the integer plus 1. It accounts for itself when asked.
type partner struct {
	conn     net.Conn
	process  *exec.Cmd
	question io.WriteCloser
	answers  *json.Decoder
	message  [8]byte
}

// A partnerAccount is what a partner reports of itself: of CPU time what it has spent so far.
type partnerAccount struct {
	CPU         time.Duration
	ThreadCount *int
}

// startPartner starts this program once more, and waits until it has called back.
func startPartner() (*partner, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	p, err := spawnPartner(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	p.conn, err = acceptWithin(listener, 10*time.Second)
	return p, err
}

func spawnPartner(address string) (*partner, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	process := exec.Command(executable)
	process.Env = append(os.Environ(), partnerVariable+"="+address)
	process.Stderr = os.Stderr
	question, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &partner{process: process, question: question, answers: json.NewDecoder(answers)}, process.Start()
}

func acceptWithin(listener net.Listener, limit time.Duration) (net.Conn, error) {
	if err := listener.(*net.TCPListener).SetDeadline(time.Now().Add(limit)); err != nil {
		return nil, err
	}
	return listener.Accept()
}

// exchange sends an integer and returns the answer.
func (p *partner) exchange(value int64) (int64, error) {
	binary.LittleEndian.PutUint64(p.message[:], uint64(value))
	if _, err := p.conn.Write(p.message[:]); err != nil {
		return 0, err
	}
	_, err := io.ReadFull(p.conn, p.message[:])
	return int64(binary.LittleEndian.Uint64(p.message[:])), err
}

func (p *partner) account() (partnerAccount, error) {
	var account partnerAccount
	if _, err := io.WriteString(p.question, "\n"); err != nil {
		return account, err
	}
	return account, p.answers.Decode(&account)
}

// end closes what the partner listens to, and waits until it has ended.
func (p *partner) end() error {
	return errors.Join(p.conn.Close(), p.question.Close(), p.process.Wait())
}

// bePartner is the child's side: it answers messages, and questions for its account, until either side is closed.
func bePartner(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	go answerQuestions(os.Stdin, os.Stdout)
	return answerMessages(conn)
}

func answerMessages(conn io.ReadWriter) error {
	var message [8]byte
	for {
		if _, err := io.ReadFull(conn, message[:]); err != nil {
			return ignoreEnd(err)
		}
		value := binary.LittleEndian.Uint64(message[:])
		binary.LittleEndian.PutUint64(message[:], value+1)
		if _, err := conn.Write(message[:]); err != nil {
			return err
		}
	}
}

func answerQuestions(questions io.Reader, answers io.Writer) {
	for scanner := bufio.NewScanner(questions); scanner.Scan(); {
		if err := say(answers, partnerAccount{ownCPU(), threadCount()}); err != nil {
			break
		}
	}
	os.Exit(0) // the asking process is gone
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
