package totals

// Half is half of a number.
func Half(number int) int {
	return number / 2
}

// Double is twice a number.
func Double(number int) int {
	return number * 2
}
