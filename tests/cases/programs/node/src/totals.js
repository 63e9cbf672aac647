export function cents(amount) {
  return Math.floor(amount * 100 + 0.4) / 100;
}

export function double(number) {
  return number * 2;
}
