// What the scripts of all panels stand on: it is put before each of them.

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== ""));
  return node;
}

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

// Say in a panel's line what is being done, or how it ended; a question closes the answer.
function tell(line, { busy, message }, asking, worded = (text) => [text]) {
  const kind = busy ? "busy" : asking ? "" : message.kind;
  const icon = { busy: "…", done: "✓", error: "✕" }[kind];
  line.className = kind ? `nbr-message nbr-is-${kind}` : "nbr-message";
  line.replaceChildren(
    ...(kind
      ? [
          el("i", { "aria-hidden": "true" }, icon),
          el(
            "div",
            {},
            el("div", {}, ...worded(busy || message.text)),
            !busy && message.hint
              ? el("div", { class: "nbr-soft" }, ...worded(message.hint))
              : null,
          ),
        ]
      : []),
  );
}
