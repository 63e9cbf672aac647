import assert from "node:assert/strict";
import { test } from "node:test";
import { cents, double } from "../src/totals.js";

test("whole", () => {
  assert.equal(cents(2), 2);
});

test("doubles", () => {
  assert.equal(double(4), 8);
});
