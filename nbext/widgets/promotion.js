// The promotion panel. It draws `state`, and sends one message when a click was confirmed.
// Text is only ever set as text: nothing in a record can become markup.

const MARKS = {
  pass: ["good", "✓", "pass"],
  fail: ["bad", "✕", "fail"],
  missing: ["warn", "?", "missing"],
  waived: ["none", "–", "waived"],
};
const VERDICTS = {
  identical: ["good", "✓", "reproduced: identical"],
  cosmetic: ["good", "✓", "reproduced: cosmetic differences"],
  tolerance: ["good", "≈", "reproduced: within tolerance"],
  different: ["bad", "✕", "not reproduced: different"],
  failed: ["bad", "✕", "not reproduced: failed"],
  incomplete: ["bad", "!", "not reproduced: incomplete"],
};
const ALIASES = ["candidate", "challenger", "champion"];
const short = (digest) => digest.replace(/^sha256:/, "").slice(0, 12);

// What stands between backticks in a sentence is code.
function coded(text) {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 ? el("code", {}, part) : part));
}

function mark([colour, icon, word]) {
  return el(
    "span",
    { class: `nbr-mark nbr-${colour}` },
    el("i", { "aria-hidden": "true" }, icon),
    word,
  );
}

function digest(value) {
  return el("code", { title: value }, short(value));
}

function light(result) {
  const [colour, icon, word] = MARKS[result.result];
  const summary = el(
    "summary",
    {},
    el("i", { class: `nbr-light nbr-${colour}`, "aria-hidden": "true" }, icon),
    el("span", { class: "nbr-name" }, result.title),
    el("span", { class: `nbr-word nbr-${colour}` }, word),
  );
  const facts = el("div", { class: "nbr-facts" }, el("p", {}, ...coded(result.why)));
  if (result.next) {
    facts.append(el("p", {}, el("b", {}, "Next: "), ...coded(result.next)));
  }
  if (result.evidence.length) {
    const paths = result.evidence.flatMap((path) => [" ", el("code", {}, path)]);
    facts.append(el("p", { class: "nbr-soft" }, "Evidence:", ...paths));
  }
  const open = result.result === "fail" || result.result === "missing";
  return el("details", { "data-checkpoint": result.id, open }, summary, facts);
}

function places(proposal) {
  return el(
    "dl",
    { class: "nbr-places" },
    ...ALIASES.map((alias) => {
      const head = proposal.heads[alias];
      const here = head && head.version === proposal.release.version;
      const value = head
        ? [`version ${head.version} `, digest(head.bundle_digest)]
        : [el("span", { class: "nbr-soft" }, "nowhere")];
      return el(
        "div",
        { class: here ? "nbr-here" : "", "data-alias": alias },
        el("dt", {}, alias),
        el("dd", {}, ...value),
      );
    }),
  );
}

class Panel {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    // Each panel loads a module of its own, so a counter would not tell their ids apart.
    this.id = `nbr-panel-${Math.random().toString(36).slice(2)}`;
    this.target = null; // the alias chosen for promotion
    this.asking = null; // {act, alias} while a confirmation is open
    this.reason = "";
    this.opened = new Map(); // checkpoints that the reader opened or closed
    this.message = el("div", { class: "nbr-message", role: "status", "aria-live": "polite" });
    this.body = el("div");
    this.root.append(this.body, this.message);
    this.changed = () => this.update();
    this.model.on("change:state", this.changed);
    this.update();
  }

  get state() {
    return this.model.get("state");
  }

  update() {
    const { proposal } = this.state;
    const free = proposal.promotions.filter((move) => !move.blocked);
    if (!free.some((move) => move.alias === this.target)) {
      this.target = (free[0] ?? proposal.promotions[0]).alias;
    }
    if (this.asking && !this.allowed(proposal)) this.asking = null;
    this.draw();
    this.say();
  }

  // A confirmation that stands open may be overtaken by what others do.
  allowed(proposal) {
    const moves = this.asking.act === "promote" ? proposal.promotions : proposal.returns;
    return moves.some((found) => found.alias === this.asking.alias && !found.blocked);
  }

  // Draws everything anew and keeps the focus where the reader had it.
  draw(focus) {
    const wanted = focus ?? this.body.querySelector(":focus")?.dataset.focus;
    const { proposal, busy } = this.state;
    this.body.replaceChildren(
      this.header(proposal, busy),
      places(proposal),
      this.checkpoints(proposal),
      this.asking ? this.confirmation(proposal) : this.actions(proposal, busy),
    );
    this.root.setAttribute("aria-busy", String(Boolean(busy)));
    const field = this.body.querySelector(`[data-focus="${wanted}"]:not(:disabled)`);
    if (field) field.focus();
    else if (wanted) this.body.querySelector('[data-focus="title"]').focus();
  }

  header({ release }, busy) {
    const verdict = VERDICTS[release.verdict];
    return el(
      "header",
      {},
      el("div", { class: "nbr-kind" }, "Promotion"),
      el(
        "div",
        { class: "nbr-title" },
        el(
          "h3",
          { id: `${this.id}-title`, tabindex: "-1", "data-focus": "title" },
          `${release.name} version ${release.version}`,
        ),
        el("span", { class: "nbr-soft" }, "bundle ", digest(release.bundle_digest)),
        verdict ? mark(verdict) : null,
        el("span", { class: "nbr-gap" }),
        el(
          "button",
          {
            type: "button",
            class: "nbr-quiet",
            disabled: Boolean(busy),
            "aria-label": "Look at the registry again",
            title: "Look at the registry again",
            "data-focus": "refresh",
            onclick: () => this.model.send({ act: "refresh" }),
          },
          "↻",
        ),
      ),
    );
  }

  checkpoints({ checkpoints }) {
    const passed = checkpoints.results.filter((r) => r.result === "pass" || r.result === "waived");
    const all = checkpoints.results.length;
    const lights = checkpoints.results.map((result) => {
      const node = light(result);
      if (this.opened.has(result.id)) node.open = this.opened.get(result.id);
      node.addEventListener("toggle", () => this.opened.set(result.id, node.open));
      node.firstChild.dataset.focus = `checkpoint-${result.id}`;
      return node;
    });
    return el(
      "section",
      { "aria-label": "Checkpoints" },
      el(
        "div",
        { class: "nbr-count" },
        el("b", {}, `${passed.length} of ${all}`),
        " checkpoints passed",
      ),
      el("div", { class: "nbr-lights" }, ...lights),
    );
  }

  actions(proposal, busy) {
    const move = proposal.promotions.find((found) => found.alias === this.target);
    const backs = proposal.returns.filter((found) => !found.blocked);
    const back = backs.find((found) => found.alias === "champion") ?? backs[0];
    const why = back ? "" : proposal.returns.map((found) => found.blocked).join(" ");
    const choice = proposal.promotions.map((found) =>
      el(
        "label",
        {},
        el("input", {
          type: "radio",
          name: `${this.id}-target`,
          value: found.alias,
          checked: found.alias === this.target,
          disabled: Boolean(busy),
          "data-focus": `target-${found.alias}`,
          onchange: () => {
            this.target = found.alias;
            this.draw();
          },
        }),
        el("span", {}, found.alias),
      ),
    );
    return el(
      "footer",
      {},
      el(
        "div",
        { class: "nbr-row" },
        el("fieldset", { class: "nbr-choice" }, el("legend", {}, "Promote to"), ...choice),
        el(
          "button",
          {
            type: "button",
            class: "nbr-go",
            disabled: Boolean(busy || move.blocked),
            "aria-describedby": `${this.id}-why`,
            "data-focus": "promote",
            onclick: () => this.ask({ act: "promote", alias: this.target }),
          },
          "Promote …",
        ),
        el("span", { class: "nbr-gap" }),
        el(
          "button",
          {
            type: "button",
            disabled: Boolean(busy || !back),
            "aria-describedby": `${this.id}-why-back`,
            "data-focus": "rollback",
            onclick: () => this.ask({ act: "rollback", alias: back.alias }),
          },
          "Roll back …",
        ),
      ),
      el(
        "div",
        { class: "nbr-why", id: `${this.id}-why` },
        move.blocked ? el("span", {}, el("b", {}, "Promote: "), ...coded(move.blocked)) : null,
      ),
      el(
        "div",
        { class: "nbr-why", id: `${this.id}-why-back` },
        why ? el("span", {}, el("b", {}, "Roll back: "), ...coded(why)) : null,
      ),
    );
  }

  ask(asking) {
    this.asking = asking;
    this.reason = "";
    this.draw("reason");
    this.say();
  }

  cancel() {
    const { act } = this.asking;
    this.asking = null;
    this.draw(act);
  }

  // What the open question is about: the version and digest that the alias would get.
  subject(proposal) {
    const { act, alias } = this.asking;
    if (act === "promote") {
      return { version: proposal.release.version, digest: proposal.release.bundle_digest };
    }
    const back = proposal.returns.find((found) => found.alias === alias);
    return { version: back.to_version, digest: back.bundle_digest };
  }

  confirmation(proposal) {
    const { act, alias } = this.asking;
    const { version, digest: full } = this.subject(proposal);
    const promoting = act === "promote";
    const name = proposal.release.name;
    const now = proposal.heads[alias];
    const question = promoting
      ? `Promote ${name} version ${version} to ${alias}?`
      : `Roll ${name} ${alias} back to version ${version}?`;
    const others = proposal.returns.filter((found) => !found.blocked);
    const field = el("textarea", {
      id: `${this.id}-reason`,
      rows: "2",
      maxlength: "2000",
      required: !promoting,
      "aria-describedby": `${this.id}-missing`,
      "data-focus": "reason",
      oninput: (event) => (this.reason = event.target.value),
    });
    field.value = this.reason;
    const missing = el("div", { class: "nbr-bad", id: `${this.id}-missing`, role: "alert" });
    const confirm = () => {
      const reason = this.reason.trim();
      if (!promoting && !reason) {
        field.setAttribute("aria-invalid", "true");
        missing.textContent = "Say why: the reason is kept in the ledger.";
        field.focus();
        return;
      }
      this.asking = null;
      this.draw("title");
      this.model.send({ act, alias, version, digest: full, reason });
    };
    return el(
      "div",
      {
        class: "nbr-ask",
        role: "alertdialog",
        "aria-labelledby": `${this.id}-question`,
        "aria-describedby": `${this.id}-facts`,
        onkeydown: (event) => {
          if (event.key === "Escape") this.cancel();
        },
      },
      el("h4", { id: `${this.id}-question` }, question),
      el(
        "dl",
        { id: `${this.id}-facts` },
        el("dt", {}, "Release"),
        el("dd", {}, `${name} version ${version}`),
        el("dt", {}, "Digest"),
        el("dd", {}, el("code", {}, full)),
        el("dt", {}, `${alias} now`),
        el("dd", {}, ...(now ? [`version ${now.version} `, digest(now.bundle_digest)] : ["nowhere"])),
      ),
      !promoting && others.length > 1
        ? el(
            "fieldset",
            { class: "nbr-choice" },
            el("legend", {}, "Alias"),
            ...others.map((found) =>
              el(
                "label",
                {},
                el("input", {
                  type: "radio",
                  name: `${this.id}-back`,
                  value: found.alias,
                  checked: found.alias === alias,
                  "data-focus": `back-${found.alias}`,
                  onchange: () => {
                    this.asking = { act, alias: found.alias };
                    this.draw();
                  },
                }),
                el("span", {}, found.alias),
              ),
            ),
          )
        : null,
      el(
        "label",
        { class: "nbr-reason", for: `${this.id}-reason` },
        promoting ? "Reason, for the ledger (may be empty)" : "Reason, for the ledger",
      ),
      field,
      missing,
      el(
        "div",
        { class: "nbr-row" },
        el(
          "button",
          {
            type: "button",
            class: promoting ? "nbr-go" : "nbr-stop",
            "data-focus": "confirm",
            onclick: confirm,
          },
          promoting ? `Promote version ${version}` : `Roll back to version ${version}`,
        ),
        el(
          "button",
          { type: "button", "data-focus": "cancel", onclick: () => this.cancel() },
          "Cancel",
        ),
      ),
    );
  }

  say() {
    tell(this.message, this.state, this.asking, coded);
  }
}

function render({ model, el: host }) {
  // JupyterLab must not take Enter or letters typed here for commands of the notebook.
  const root = el("section", {
    class: "nbr-panel",
    "aria-label": "Promotion panel",
    "data-lm-suppress-shortcuts": "true",
  });
  host.append(root);
  const panel = new Panel(model, root);
  return () => model.off("change:state", panel.changed);
}

export default { render };
