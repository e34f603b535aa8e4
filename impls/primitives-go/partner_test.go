package primitives

import "testing"

func TestAPartnerAnswersAndAccountsForItself(t *testing.T) {
	p, err := startPartner()
	if err != nil {
		t.Fatal(err)
	}
	before, err := p.account()
	if err != nil {
		t.Fatal(err)
	}
	for value := range int64(100) {
		if answer, err := p.exchange(value); err != nil || answer != value+1 {
			t.Fatalf("%d was answered with %d, %v", value, answer, err)
		}
	}
	after, err := p.account()
	if err != nil || after.CPU <= before.CPU {
		t.Errorf("the partner's CPU time went from %v to %v, %v", before.CPU, after.CPU, err)
	}
	if err := p.end(); err != nil {
		t.Error("the partner ended badly: ", err)
	}
}
