// The reproduction panel. It draws `state`; its only message is that the run shall stop.
// Text is set as text. The one piece of markup is the record's own view, which the core escapes.

const ENDS = {
  done: "The reproduction is there.",
  stopped: "The reproduction was stopped.",
  failed: "The reproduction failed.",
};

function copied(source) {
  const button = el("button", { type: "button", class: "nbr-copy" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  return button;
}

class Panel {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.news = el("div", { class: "nbr-news", role: "status", "aria-live": "polite" });
    this.body = el("div");
    root.append(this.body, this.news);
    this.phase = "";
    this.changed = () => this.draw();
    model.on("change:state", this.changed);
    this.timer = setInterval(() => this.tick(), 1000);
    this.draw();
  }

  end() {
    this.model.off("change:state", this.changed);
    clearInterval(this.timer);
  }

  draw() {
    const state = this.model.get("state");
    this.since = performance.now() - state.seconds * 1000;
    if (state.phase === "running") this.running(state);
    else if (state.phase !== this.phase) this.over(state);
    this.phase = state.phase;
  }

  running(state) {
    if (this.phase !== "running") this.layOut(state);
    const { done = 0, total = 0, label = "", activity } = state;
    this.bar.setAttribute("aria-label", activity);
    if (total) {
      this.bar.max = total;
      this.bar.value = done;
    } else this.bar.removeAttribute("value");
    this.activity.textContent = activity;
    this.where.textContent = total ? `cell ${Math.min(done + 1, total)} of ${total}` : "";
    this.label.textContent = label;
    this.label.hidden = !label;
  }

  layOut(state) {
    this.bar = el("progress", {});
    this.activity = el("b");
    this.where = el("span");
    this.label = el("code");
    this.time = el("span", { class: "nbr-soft", "aria-hidden": "true" }, clock(state.seconds));
    const stop = el(
      "button",
      {
        type: "button",
        "data-focus": "stop",
        "aria-label": "Stop the reproduction",
        onclick: () => {
          stop.disabled = true;
          stop.textContent = "Stopping …";
          this.model.send({ act: "stop" });
        },
      },
      "Stop",
    );
    this.body.replaceChildren(
      el(
        "section",
        { class: "nbr-running", "aria-label": "Reproduction under way" },
        el("div", { class: "nbr-kind" }, "Reproduction"),
        el("div", { class: "nbr-row" }, this.activity, this.where, this.label),
        el("div", { class: "nbr-row" }, this.bar, this.time, stop),
        el(
          "div",
          { class: "nbr-soft" },
          el("code", {}, state.notebook),
          ` as last saved, ${state.how}. You can go on meanwhile.`,
        ),
      ),
    );
  }

  over(state) {
    this.news.textContent = ENDS[state.phase];
    if (state.phase !== "done") {
      this.body.replaceChildren(
        el(
          "section",
          { class: "nbr-running", "aria-label": "Reproduction" },
          el("div", { class: "nbr-kind" }, "Reproduction"),
          el("b", {}, ENDS[state.phase]),
          state.fact ? el("div", {}, state.fact) : null,
          state.hint ? el("div", { class: "nbr-soft" }, state.hint) : null,
        ),
      );
      return;
    }
    this.body.innerHTML = state.html; // escaped where it was made; see the head of this file
    this.body.querySelector(".nbr")?.append(
      el("p", { class: "nbr-soft" }, el("code", {}, state.notebook), ` was ${state.how}.`),
    );
    const sources = new Map(state.lost.map(({ count, source }) => [String(count), source]));
    for (const place of this.body.querySelectorAll("[data-lost]")) {
      const source = sources.get(place.dataset.lost);
      if (source !== undefined) place.append(copied(source));
    }
  }

  tick() {
    if (this.phase === "running") this.time.textContent = clock((performance.now() - this.since) / 1000);
  }
}

function render({ model, el: host }) {
  // JupyterLab must not take keys pressed here for commands of the notebook.
  const root = el("div", { class: "nbr-reproduction", "data-lm-suppress-shortcuts": "true" });
  host.append(root);
  const panel = new Panel(model, root);
  return () => panel.end();
}

export default { render };
