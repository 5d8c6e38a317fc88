"use strict";
/* The dialog of a cell: measures, curves and samples of one case. */
const cellParts = (() => {
  const [WIDTH, HEIGHT] = [240, 90];

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  function taskName(cell) {
    return `${cell.task} on ${cell.where}`;
  }

  function facts(cell, withRun) {
    const list = element("dl", undefined, { class: "facts" });
    const add = (name, value) => {
      if (value === null || value === "" || value === undefined) return;
      const line = element("div");
      line.append(element("dt", name), element("dd", value));
      list.append(line);
    };
    if (withRun) add("run", cell.run);
    add("status", cell.status);
    add("reason", cell.reason);
    add("chunk", `${cell.chunk}`);
    const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
    const cores = cell.cores === null ? "" : ` on ${count(cell.cores, "core")}`;
    add("workers", `${count(cell.workers, "worker")} with ${count(cell.threads, "thread")}${cell.workers === 1 ? "" : " each"}${cores}`);
    add("cache", `asked for ${cell.cache_asked}, found ${cell.cache}`);
    measures.measured([cell]).forEach((measure) => add(measure.title, measures.withUnit(measure, cell[measure.name])));
    add("files", cell.inputs.join(", "));
    add("versions", Object.entries(cell.versions).map(([name, version]) => `${name} ${version}`).join(", "));
    return list;
  }

  /* From nothing at the bottom to the highest at the top; the caption gives its value. */
  function curve({ title, unit, seconds, values }) {
    const [highest, end] = [Math.max(...values), seconds.at(-1)];
    const caption = `${title}: at most ${highest.toPrecision(3)} ${unit}, ${end.toPrecision(3)} s`;
    const namespace = "http://www.w3.org/2000/svg";
    const drawing = document.createElementNS(namespace, "svg");
    Object.entries({ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": caption }).forEach(([name, value]) => drawing.setAttribute(name, value));
    const line = document.createElementNS(namespace, "polyline");
    const at = (n) => `${((seconds[n] / (end || 1)) * WIDTH).toFixed(1)},${((1 - values[n] / (highest || 1)) * (HEIGHT - 4) + 2).toFixed(1)}`;
    line.setAttribute("points", values.map((_, n) => at(n)).join(" "));
    drawing.append(line);
    const figure = element("figure");
    figure.append(element("figcaption", caption), drawing);
    return figure;
  }

  function curves(cell) {
    const all = element("div", undefined, { class: "curves" });
    all.append(...cell.curves.map(curve));
    return all;
  }

  function samples(cell) {
    const table = element("table");
    const head = element("tr");
    const shown = measures.measured(cell.samples);
    ["round", "status", ...shown.map(measures.heading)].forEach((text) => head.append(element("th", text)));
    table.append(head);
    cell.samples.forEach((sample) => {
      const line = element("tr");
      [
        sample.round, sample.unfit ? "unfit" : sample.status,
        ...shown.map((measure) => measures.shown(measure, sample[measure.name])),
      ].forEach((text) => line.append(element("td", text)));
      table.append(line);
    });
    return table;
  }

  function openCell(cell, withRun) {
    const dialog = document.getElementById("cell");
    const close = element("button", "Close", { type: "button", autofocus: "" });
    close.addEventListener("click", () => dialog.close());
    const scroll = element("div", undefined, { class: "scroll" });
    scroll.append(samples(cell));
    const parts = [close, element("h3", `${cell.backend}: ${taskName(cell)}`, { id: "cell-title" }), facts(cell, withRun), curves(cell), ...flameGraph(cell.flames), scroll];
    if (cell.printed) parts.push(element("p", "The end of its output:"), element("pre", cell.printed));
    dialog.replaceChildren(...parts);
    dialog.showModal();
  }

  return { element, openCell, taskName };
})();
