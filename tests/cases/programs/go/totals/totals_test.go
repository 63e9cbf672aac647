package totals

import "testing"

func TestEven(t *testing.T) {
	if got := Half(4); got != 2 {
		t.Fatalf("got %d", got)
	}
}

func TestDouble(t *testing.T) {
	if got := Double(4); got != 8 {
		t.Fatalf("got %d", got)
	}
}
