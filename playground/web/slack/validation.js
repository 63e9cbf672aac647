/** What Slack's own client refuses before a modal is sent. */

import { isEmpty } from "./entries.js";

/** The problems of a view's input blocks by block id; `held` are the entries of the view. */
export function problems(blocks, held) {
  const found = new Map();
  for (const block of blocks.filter((each) => each.type === "input" && each.element)) {
    const value = held.read(block, block.element);
    const text = problem(block, value);
    if (text) found.set(block.block_id, text);
  }
  return found;
}

function problem({ element, optional }, value) {
  if (isEmpty(value)) return optional ? null : "Please complete this required field.";
  if (element.type === "number_input") return numberProblem(element, value.value);
  if (element.type === "email_text_input")
    return /^\S+@\S+\.\S+$/.test(value.value) ? null : "Enter a valid email address.";
  if (element.type === "url_text_input") return URL.canParse(value.value) ? null : "Enter a valid URL.";
  if (element.type !== "plain_text_input") return null;
  if (element.min_length && value.value.length < element.min_length)
    return `Enter at least ${element.min_length} characters.`;
  return element.max_length && value.value.length > element.max_length
    ? `Enter at most ${element.max_length} characters.`
    : null;
}

function numberProblem(element, written) {
  const pattern = element.is_decimal_allowed ? /^-?\d*\.?\d+$/ : /^-?\d+$/;
  if (!pattern.test(written)) return element.is_decimal_allowed ? "Enter a number." : "Enter a whole number.";
  if (element.min_value !== undefined && Number(written) < Number(element.min_value))
    return `Enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && Number(written) > Number(element.max_value))
    return `Enter ${element.max_value} or less.`;
  return null;
}
