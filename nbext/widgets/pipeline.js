// The pipeline panel. It draws `html`, the core's own view, which the core escapes, and makes its
// boxes open what is behind them. Everything else is set as text. Its only message is to stop.
//
// While a run goes on nothing that can have the focus is drawn anew: of each new `html` only what
// stands in elements with `data-live` is taken over.

const ENDS = {
  done: "The run has ended.",
  stopped: "The run was stopped.",
  failed: "The run could not be done.",
};
const PNG = /^iVBORw0KGgo[A-Za-z0-9+/]*={0,2}$/;
const WORDS = { not_run: "not run" };

function said(step, live) {
  const where = live.cell == null ? "" : ` in cell ${live.cell}` + (live.line ? `, line ${live.line}` : "");
  return `${WORDS[live.status] || live.status}${live.status === "failed" ? where : ""}`;
}

function table(caption, head, rows) {
  const cells = (tag, texts, more) => texts.map((text) => el(tag, more, text));
  return el(
    "div",
    { class: "nbr-scroll" },
    el(
      "table",
      {},
      el("caption", {}, caption),
      el("thead", {}, el("tr", {}, ...cells("th", head, { scope: "col" }))),
      el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), ...cells("td", rest)))),
    ),
  );
}

class Panel {
  // `place` is what was opened and what had the focus, in the panel that this one stands in for.
  constructor(model, root, place) {
    this.model = model;
    this.root = root;
    this.place = place;
    this.news = el("div", { class: "nbr-news", role: "status", "aria-live": "polite" });
    this.bar = el("div", { class: "nbr-run" });
    this.body = el("div");
    root.append(this.bar, this.body, this.news);
    this.phase = "";
    this.changed = () => this.draw();
    model.on("change", this.changed);
    this.timer = setInterval(() => this.tick(), 1000);
    root.addEventListener("focusin", (event) => {
      this.place.focus = event.target.dataset?.focus || "";
    });
    root.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !root.contains(event.relatedTarget)) this.place.focus = "";
    });
    this.draw();
    queueMicrotask(() => this.comeBack());
  }

  end() {
    this.model.off("change", this.changed);
    clearInterval(this.timer);
  }

  // Give the focus back that was here when the front end took the panel away, unless it is
  // elsewhere by now: what holds the panel has it if nothing else does.
  comeBack(tries = 20) {
    if (!this.place.focus) return;
    if (!this.root.isConnected) {
      if (tries) requestAnimationFrame(() => this.comeBack(tries - 1));
      return;
    }
    if (document.activeElement && !document.activeElement.contains(this.root)) return;
    const wanted = [...this.root.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === this.place.focus);
    wanted?.focus({ preventScroll: true });
  }

  draw() {
    const state = this.model.get("state");
    this.since = performance.now() - state.seconds * 1000;
    this.view(this.model.get("html"));
    this.header(state);
    this.inside();
    if (state.phase !== this.phase && ENDS[state.phase]) this.news.textContent = ENDS[state.phase];
    this.phase = state.phase;
  }

  header(state) {
    if (state.phase !== "running") {
      const failed = state.phase === "failed" || state.phase === "stopped";
      this.bar.replaceChildren(
        ...(failed ? [el("b", {}, ENDS[state.phase])] : []),
        ...(state.fact ? [el("span", {}, state.fact), el("span", { class: "nbr-soft" }, state.hint)] : []),
      );
      this.bar.hidden = !failed;
      return;
    }
    if (this.phase !== "running") {
      this.progress = el("progress", { "aria-label": "Steps that have ended" });
      this.counted = el("span");
      this.time = el("span", { class: "nbr-soft", "aria-hidden": "true" });
      const stop = el("button", { type: "button", "data-focus": "stop", "aria-label": "Stop the run" }, "Stop");
      stop.addEventListener("click", () => {
        stop.disabled = true;
        stop.textContent = "Stopping …";
        this.model.send({ act: "stop" });
      });
      this.bar.hidden = false;
      this.bar.replaceChildren(el("b", {}, "Running"), this.counted, this.progress, this.time, stop);
    }
    this.progress.max = state.total;
    this.progress.value = state.done;
    this.counted.textContent = `${state.done} of ${state.total} steps`;
    this.tick(true);
  }

  // Take a new view over: all of it the first time, then only what may change.
  view(html) {
    if (html === this.html) return;
    const first = this.html === undefined;
    this.html = html;
    if (first) {
      this.body.innerHTML = html; // escaped where it was made; see the head of this file
      this.frame = this.body.querySelector(".nbr");
      this.section = el("section", { class: "nbr-inside", hidden: true });
      this.frame.querySelector(".nbr-beside > .nbr-scroll")?.before(this.section); // next to the graph
      this.body.querySelector("svg")?.setAttribute("role", "group");
      this.boxes = new Map([...this.body.querySelectorAll("[data-step]")].map((box) => [box.dataset.step, box]));
      for (const [name, box] of this.boxes) this.enliven(name, box);
      return;
    }
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const part of fresh.querySelectorAll("[data-live]")) {
      const shown = this.body.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
      if (!shown || shown.outerHTML === part.outerHTML) continue;
      shown.setAttribute("class", part.getAttribute("class") || "");
      shown.innerHTML = part.innerHTML;
    }
  }

  enliven(name, box) {
    const names = [...this.boxes.keys()];
    for (const [key, value] of Object.entries({ role: "button", tabindex: "0", "aria-expanded": "false", "data-focus": `step ${name}` })) {
      box.setAttribute(key, value);
    }
    box.addEventListener("click", () => this.toggle(name));
    box.addEventListener("keydown", (event) => {
      const way = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (way) this.boxes.get(names[names.indexOf(name) + way])?.focus();
      else if (event.key === "Enter" || event.key === " ") this.toggle(name);
      else if (event.key === "Escape" && this.place.open) this.toggle(this.place.open);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  toggle(name) {
    this.place.open = this.place.open === name ? "" : name;
    this.inside();
    if (this.place.open) this.section.scrollIntoView({ block: "nearest" });
  }

  // Show what is behind the open box; only what changed of it is drawn anew.
  inside() {
    const { open } = this.place;
    const state = this.model.get("state").steps;
    for (const [name, box] of this.boxes) {
      box.setAttribute("aria-expanded", String(name === open));
      box.setAttribute("aria-label", `${name}: ${said(name, state[name])}`);
    }
    const step = this.model.get("steps")[open];
    this.section.hidden = !step;
    if (!step) {
      this.drawn = "";
      return;
    }
    if (this.drawn !== open) {
      this.drawn = open;
      this.parts = {};
      this.section.setAttribute("aria-label", `Step ${open}`);
      const close = el("button", { type: "button", "data-focus": "close", "aria-label": `Close ${open}` }, "Close");
      close.addEventListener("click", () => {
        this.toggle(open);
        this.boxes.get(open)?.focus();
      });
      this.section.replaceChildren(
        el("div", { class: "nbr-title" }, el("span", { role: "heading", "aria-level": "4" }, step.title || open), this.part("state", "small"), el("span", { class: "nbr-gap" }), close),
        ...["why", "error", "takes", "gives", "trace", "drawn", "printed", "code", "cells"].map((key) => this.part(key, "div")),
      );
    }
    const live = state[open];
    this.fill("state", said(open, live), (text) => [text]);
    this.fill("why", live.why, (why) => (why.length ? [el("p", {}, el("b", {}, "Why: "), why.join("; "))] : []));
    this.fill("error", live.error, (error) => (error ? [el("p", { class: "nbr-bad" }, error)] : []));
    this.fill("takes", [step.inputs, step.parameters, step.after], () => this.takes(step));
    this.fill("gives", step.outputs, (outputs) => {
      if (!outputs.length) return [el("p", { class: "nbr-soft" }, "It gives no variable.")];
      const rows = outputs.map((one) => [one.name, one.type, one.short ? el("code", { title: one.digest }, one.short) : one.note || "none"]);
      return [table("Gives", ["Variable", "Type", "Digest"], rows)];
    });
    this.fill("trace", step.trace, (text) => this.block("Traceback", text, true));
    this.fill("drawn", step.drawn, (drawn) => this.plots(open, drawn));
    this.fill("printed", step.printed, (text) => this.block("Printed", text, true));
    this.fill("code", step.code, (text) => this.block("Code in the package", text, true));
    this.fill("cells", step.cells, (cells) =>
      cells.flatMap(({ index, source }) => this.block(`Cell ${index} of the notebook`, source, cells.length === 1)),
    );
  }

  takes(step) {
    const steps = this.model.get("steps");
    const type = (input) => steps[input.step]?.outputs.find((one) => one.name === input.name);
    const rows = step.inputs.map((one) => {
      const made = type(one);
      return [one.name, made?.type || "", one.step, made?.short ? el("code", { title: made.digest }, made.short) : ""];
    });
    rows.push(...step.parameters.map((name) => [name, "parameter", "", ""]));
    const parts = rows.length ? [table("Takes", ["Variable", "Type", "From", "Digest"], rows)] : [];
    const only = step.after.filter((name) => !step.inputs.some((one) => one.step === name));
    if (only.length) parts.push(el("p", { class: "nbr-soft" }, `It runs after ${only.join(", ")}.`));
    return parts;
  }

  plots(name, { figures, note }) {
    if (!figures.length && !note) return [];
    const plates = figures.map(({ title, png }, n) => {
      const alt = `Figure ${n + 1} of step ${name}` + (title ? `: ${title}` : "");
      const picture = PNG.test(png)
        ? el("img", { src: `data:image/png;base64,${png}`, alt })
        : el("p", { class: "nbr-soft" }, "(in the store; there was no room for it here)");
      return el("figure", {}, el("figcaption", { class: "nbr-soft" }, title || `Figure ${n + 1}`), picture);
    });
    return [
      el(
        "details",
        { open: true },
        el("summary", { "data-focus": "Drawn" }, "Drawn"),
        ...(plates.length ? [el("div", { class: "nbr-pair" }, ...plates)] : []),
        ...(note ? [el("p", { class: "nbr-soft" }, note)] : []),
      ),
    ];
  }

  block(title, text, open) {
    if (!text) return [];
    return [el("details", { open }, el("summary", { "data-focus": title }, title), el("pre", {}, text))];
  }

  part(key, tag) {
    this.parts[key] = { node: el(tag), shown: undefined };
    return this.parts[key].node;
  }

  fill(key, value, drawn) {
    const part = this.parts[key];
    const shown = JSON.stringify(value);
    if (part.shown === shown) return;
    part.shown = shown;
    part.node.replaceChildren(...drawn(value));
  }

  tick(now = false) {
    if (now || this.phase === "running") this.time.textContent = clock((performance.now() - this.since) / 1000);
  }
}

// Called once for each widget. The front end draws it anew when the output that it stands in is
// updated, and a reader must not notice.
export default () => {
  const place = { open: "", focus: "" };
  return {
    render({ model, el: host }) {
      // JupyterLab must not take keys pressed here for commands of the notebook.
      const root = el("div", { class: "nbr-pipeline", "data-lm-suppress-shortcuts": "true" });
      host.append(root);
      const panel = new Panel(model, root, place);
      return () => panel.end();
    },
  };
};
