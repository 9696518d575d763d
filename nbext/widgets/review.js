// The review panel. It draws `html`, the core's own view, which the core escapes, and makes tabs
// and buttons of what is marked in it. Everything else is set as text. A message says which window
// was chosen, or what was written about which alert.

const TAKE_ON = {
  acknowledge: { title: "Acknowledge", label: "What is done about it" },
  silence: { title: "Silence", label: "Why nobody needs to be told" },
};
const DAY = 24 * 3600 * 1000;
const WEEK = 7;

class Panel {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    // Each panel loads a module of its own, so a counter would not tell their ids apart.
    this.id = `nbr-review-${Math.random().toString(36).slice(2)}`;
    this.tab = null; // what the reader had open stays open in the next window
    this.column = null;
    this.elsewhere = false;
    this.asking = null; // {act, key, note, until} while a question is open
    this.body = el("div");
    this.message = el("div", { class: "nbr-message", role: "status", "aria-live": "polite" });
    this.root.append(this.body, this.message);
    this.changed = () => this.draw();
    this.model.on("change", this.changed);
    this.draw();
  }

  get state() {
    return this.model.get("state");
  }

  // Draws everything anew and keeps the focus where the reader had it.
  draw(focus) {
    const wanted = focus ?? this.body.querySelector(":focus")?.dataset.focus;
    this.body.innerHTML = this.model.get("html"); // escaped where it was made; see the head of this file
    this.body.querySelector(".nbr-title").tabIndex = -1;
    this.body.querySelector(".nbr-title").dataset.focus = "title";
    this.windows();
    this.alerts();
    this.tabs();
    this.columns();
    this.say();
    this.root.setAttribute("aria-busy", String(Boolean(this.state.busy)));
    if (!wanted) return;
    const all = [...this.body.querySelectorAll("[data-focus]")];
    const found = all.find((one) => one.dataset.focus === wanted && !one.disabled);
    (found ?? all.find((one) => one.dataset.focus === "title")).focus({ preventScroll: true });
  }

  send(content) {
    this.model.send(content);
    this.root.setAttribute("aria-busy", "true");
  }

  windows() {
    const nav = this.body.querySelector("nav");
    const line = nav.querySelector(".nbr-windows");
    const busy = Boolean(this.state.busy);
    for (const old of line.querySelectorAll("[data-window]")) {
      if (!old.dataset.kept) continue;
      const label = old.dataset.window;
      const button = el("button", {
        type: "button",
        class: "nbr-window",
        title: old.title,
        disabled: busy,
        "aria-current": old.getAttribute("aria-current"),
        "data-focus": `window-${label}`,
        onclick: () => this.send({ act: "window", window: label }),
      });
      button.append(...old.childNodes);
      old.replaceWith(button);
    }
    const step = (icon, words, label) =>
      el(
        "button",
        {
          type: "button",
          class: "nbr-step",
          disabled: busy || !label,
          "aria-label": label ? `${words}: ${label}` : words,
          title: label ? `${words}: ${label}` : words,
          "data-focus": words,
          onclick: () => this.send({ act: "window", window: label }),
        },
        icon,
      );
    nav.prepend(step("‹", "Window before", nav.dataset.before));
    nav.append(
      step("›", "Window after", nav.dataset.after),
      el(
        "button",
        {
          type: "button",
          class: "nbr-step",
          disabled: busy,
          "aria-label": "Look at the registry again",
          title: "Look at the registry again",
          "data-focus": "refresh",
          onclick: () => this.send({ act: "refresh" }),
        },
        "↻",
      ),
    );
  }

  alerts() {
    const elsewhere = this.body.querySelector(".nbr-elsewhere");
    if (elsewhere) {
      elsewhere.open = this.elsewhere;
      elsewhere.addEventListener("toggle", () => (this.elsewhere = elsewhere.open));
      elsewhere.firstElementChild.dataset.focus = "elsewhere";
    }
    let found = false;
    for (const alert of this.body.querySelectorAll("[data-alert]")) {
      const key = alert.dataset.alert;
      if (!key) continue;
      if (this.asking?.key === key) {
        found = true;
        alert.append(this.question(alert.dataset.rule));
        continue;
      }
      const button = (act, words) =>
        el(
          "button",
          {
            type: "button",
            disabled: Boolean(this.state.busy),
            "aria-label": `${words} ${alert.dataset.rule}`,
            "data-focus": `${act}-${key}`,
            onclick: () => this.ask(act, key),
          },
          words,
        );
      alert.append(
        el("div", { class: "nbr-row" }, button("acknowledge", "Acknowledge …"), button("silence", "Silence until …")),
      );
    }
    if (!found) this.asking = null; // overtaken by what others do
  }

  ask(act, key) {
    const until = act === "silence" ? new Date(Date.now() + WEEK * DAY).toISOString().slice(0, 10) : "";
    this.asking = { act, key, note: "", until };
    this.draw("note");
  }

  cancel() {
    const { act, key } = this.asking;
    this.asking = null;
    this.draw(`${act}-${key}`);
  }

  question(rule) {
    const { act, key } = this.asking;
    const { title, label } = TAKE_ON[act];
    const field = el("textarea", {
      id: `${this.id}-note`,
      rows: "2",
      maxlength: "2000",
      required: true,
      "aria-describedby": `${this.id}-missing`,
      "data-focus": "note",
      oninput: (event) => (this.asking.note = event.target.value),
    });
    field.value = this.asking.note;
    const day = el("input", {
      id: `${this.id}-until`,
      type: "date",
      required: true,
      "data-focus": "until",
      "aria-describedby": `${this.id}-missing`,
      oninput: (event) => (this.asking.until = event.target.value),
    });
    day.value = this.asking.until;
    const missing = el("div", { class: "nbr-bad", id: `${this.id}-missing`, role: "alert" });
    const refuse = (where, words) => {
      where.setAttribute("aria-invalid", "true");
      missing.textContent = words;
      where.focus();
    };
    const confirm = () => {
      const note = this.asking.note.trim();
      const until = this.asking.until;
      if (act === "silence" && !until) refuse(day, "Say until when: a day, in UTC.");
      else if (!note) refuse(field, "Say why: it is kept in the history of reviews.");
      else {
        this.asking = null;
        this.draw("title");
        this.send({ act: "acknowledge", key, note, until });
      }
    };
    return el(
      "div",
      {
        class: "nbr-ask",
        role: "group",
        "aria-label": `${title}: ${rule}`,
        onkeydown: (event) => {
          if (event.key === "Escape") this.cancel();
        },
      },
      act === "silence"
        ? el(
            "div",
            {},
            el("label", { for: `${this.id}-until` }, "Tell nobody of this rule before (UTC)"),
            day,
          )
        : null,
      el("label", { for: `${this.id}-note` }, label),
      field,
      missing,
      el(
        "div",
        { class: "nbr-row" },
        el("button", { type: "button", class: "nbr-go", "data-focus": "confirm", onclick: confirm }, title),
        el("button", { type: "button", "data-focus": "cancel", onclick: () => this.cancel() }, "Cancel"),
      ),
    );
  }

  tabs() {
    const parts = [...this.body.querySelectorAll("[data-tab]")];
    if (!parts.length) return;
    if (!parts.some((part) => part.dataset.tab === this.tab)) this.tab = parts[0].dataset.tab;
    const list = el("div", { class: "nbr-tabs", role: "tablist", "aria-label": "Parts of the review" });
    for (const part of parts) {
      const { tab: name, title, missed } = part.dataset;
      const chosen = name === this.tab;
      part.id = `${this.id}-${name}`;
      part.hidden = !chosen;
      part.setAttribute("role", "tabpanel");
      part.removeAttribute("aria-label");
      part.setAttribute("aria-labelledby", `${this.id}-tab-${name}`);
      part.querySelector("h4").hidden = true;
      list.append(
        el(
          "button",
          {
            type: "button",
            role: "tab",
            id: `${this.id}-tab-${name}`,
            "aria-selected": String(chosen),
            "aria-controls": part.id,
            tabindex: chosen ? "0" : "-1",
            "data-focus": `tab-${name}`,
            onclick: () => this.open(name),
            onkeydown: (event) => this.along(event, parts.map((each) => each.dataset.tab)),
          },
          title,
          missed > 0
            ? el("span", { class: "nbr-badge", title: `${missed} to look at` }, missed, el("span", { class: "nbr-hidden" }, " to look at"))
            : null,
        ),
      );
    }
    parts[0].before(list);
  }

  open(name) {
    this.tab = name;
    this.draw(`tab-${name}`);
  }

  along(event, names) {
    const at = names.indexOf(this.tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.open(names[(to + names.length) % names.length]);
  }

  columns() {
    const behind = new Map(
      [...this.body.querySelectorAll("[data-behind]")].map((part) => [part.dataset.behind, part]),
    );
    for (const [index, old] of [...this.body.querySelectorAll("[data-column]")].entries()) {
      const name = old.dataset.column;
      const part = behind.get(name);
      const open = this.column === name;
      part.hidden = !open;
      part.id = `${this.id}-behind-${index}`;
      old.replaceWith(
        el(
          "button",
          {
            type: "button",
            class: "nbr-column",
            "aria-expanded": String(open),
            "aria-controls": part.id,
            "data-focus": `column-${name}`,
            onclick: () => {
              this.column = open ? null : name;
              this.draw(`column-${name}`);
              if (!open) this.body.querySelector(`#${part.id}`).scrollIntoView({ block: "nearest" });
            },
          },
          name,
        ),
      );
    }
  }

  say() {
    tell(this.message, this.state, this.asking);
  }
}

function render({ model, el: host }) {
  // JupyterLab must not take Enter or letters typed here for commands of the notebook.
  const root = el("div", { class: "nbr-review", "data-lm-suppress-shortcuts": "true" });
  host.append(root);
  const panel = new Panel(model, root);
  return () => model.off("change", panel.changed);
}

export default { render };
