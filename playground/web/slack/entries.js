/** What a person has entered but not sent, by container (view or message), block and action. It outlives a re-render. */

const INITIAL = {
  plain_text_input: (element) => ({ value: element.initial_value ?? null }),
  email_text_input: (element) => ({ value: element.initial_value ?? null }),
  url_text_input: (element) => ({ value: element.initial_value ?? null }),
  number_input: (element) => ({ value: element.initial_value ?? null }),
  static_select: (element) => ({ selected_option: element.initial_option ?? null }),
  external_select: (element) => ({ selected_option: element.initial_option ?? null }),
  radio_buttons: (element) => ({ selected_option: element.initial_option ?? null }),
  users_select: (element) => ({ selected_user: element.initial_user ?? null }),
  conversations_select: (element) => ({ selected_conversation: element.initial_conversation ?? null }),
  channels_select: (element) => ({ selected_channel: element.initial_channel ?? null }),
  multi_static_select: (element) => ({ selected_options: element.initial_options ?? [] }),
  multi_external_select: (element) => ({ selected_options: element.initial_options ?? [] }),
  multi_users_select: (element) => ({ selected_users: element.initial_users ?? [] }),
  multi_conversations_select: (element) => ({ selected_conversations: element.initial_conversations ?? [] }),
  multi_channels_select: (element) => ({ selected_channels: element.initial_channels ?? [] }),
  checkboxes: (element) => ({ selected_options: element.initial_options ?? [] }),
  datepicker: (element) => ({ selected_date: element.initial_date ?? null }),
  timepicker: (element) => ({ selected_time: element.initial_time ?? null }),
  datetimepicker: (element) => ({ selected_date_time: element.initial_date_time ?? null }),
  file_input: () => ({ files: [] }),
};

/** Whether an element holds a value of its own (a button does not). */
export function holdsValue(element) {
  return Object.hasOwn(INITIAL, element?.type);
}

/** Whether a state value says nothing. */
export function isEmpty(value) {
  return Object.entries(value).every(
    ([name, held]) =>
      name === "type" || held === null || held === "" || (Array.isArray(held) && held.length === 0),
  );
}

/** The elements of blocks that hold a value, each with its block. */
export function valueElements(blocks) {
  return blocks.flatMap((block) =>
    [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])]
      .filter(holdsValue)
      .map((element) => ({ block, element })),
  );
}

/** A store of state values; `within` narrows it to one container. */
export function entries() {
  const held = new Map();
  const unsent = new Map();
  const within = (container) => {
    const values = held.get(container) ?? held.set(container, new Map()).get(container);
    const key = (block, element) => JSON.stringify([block.block_id, element.action_id]);
    const read = (block, element) => {
      const known = values.get(key(block, element));
      if (known?.type === element.type && offered(known, element)) return known;
      const initial = { type: element.type, ...INITIAL[element.type](element) };
      values.set(key(block, element), initial);
      return initial;
    };
    return {
      read,
      write: (block, element, value) => {
        values.set(key(block, element), { type: element.type, ...value });
        (unsent.get(container) ?? unsent.set(container, new Map()).get(container)).set(key(block, element), {
          block,
          element,
          value,
        });
      },
      takeUnsent: () => {
        const waiting = [...(unsent.get(container)?.values() ?? [])];
        unsent.delete(container);
        return waiting;
      },
      state: (blocks) => {
        const state = {};
        for (const { block, element } of valueElements(blocks))
          (state[block.block_id] ??= {})[element.action_id] = read(block, element);
        return state;
      },
    };
  };
  return {
    within,
    keepOnly: (alive) => {
      for (const name of [...held.keys()])
        if (!alive(name)) {
          held.delete(name);
          unsent.delete(name);
        }
    },
  };
}

function offered(known, element) {
  const choices = [
    ...(element.options ?? []),
    ...(element.option_groups ?? []).flatMap((group) => group.options),
  ].map((option) => option.value);
  if (choices.length === 0) return true;
  const chosen = known.selected_options ?? (known.selected_option ? [known.selected_option] : []);
  return chosen.every((option) => choices.includes(option.value));
}
